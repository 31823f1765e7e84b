import type { ApiDocument, ApiItem } from './api-document.ts'
import { JsonSchemas } from './json-schema.ts'
import { isObject, listIn, textIn } from './json-value.ts'

/** Reads what is said of an MCP server: where it is reached, and the tools, resources and prompts that a definition lists. Pure. */
export function readMcp(spec: unknown, definition: unknown): ApiDocument {
  const source = isObject(definition) ? definition : spec
  const remotes = [...listIn(spec, 'remotes'), ...listIn(isObject(definition) ? definition : {}, 'remotes')].filter(isObject)
  const tools = listIn(source, 'tools').filter(isObject)
  const named = (member: 'resources' | 'prompts', verb: string): ApiItem[] =>
    listIn(source, member)
      .filter(isObject)
      .map((each) => item(verb, textIn(each, 'name') || textIn(each, 'uri'), textIn(each, 'title'), textIn(each, 'description'), () => []))
  return {
    title: textIn(source, 'title') || textIn(source, 'name'),
    version: textIn(source, 'version'),
    format: 'MCP server',
    description: isObject(definition) ? textIn(definition, 'description') : '',
    facts: [],
    groups: [
      {
        title: 'Remotes',
        description: '',
        items: remotes.map((remote) => {
          const url = textIn(remote, 'url')
          const config = JSON.stringify({ mcpServers: { server: { type: textIn(remote, 'type'), url } } }, null, 2)
          return item(textIn(remote, 'type'), url, '', textIn(remote, 'description'), () => [
            { title: 'In a client', code: { text: config, language: 'json' } },
          ])
        }),
      },
      {
        title: 'Tools',
        description: '',
        items: tools.map((tool) =>
          item('tool', textIn(tool, 'name'), textIn(tool, 'title'), textIn(tool, 'description'), () => {
            const schemas = new JsonSchemas(tool['inputSchema'])
            return [
              { title: 'Input', fields: schemas.fieldsOf(tool['inputSchema']) },
              ...(tool['outputSchema'] === undefined
                ? []
                : [{ title: 'Output', fields: new JsonSchemas(tool['outputSchema']).fieldsOf(tool['outputSchema']) }]),
            ]
          }),
        ),
      },
      { title: 'Resources', description: '', items: named('resources', 'resource') },
      { title: 'Prompts', description: '', items: named('prompts', 'prompt') },
    ].filter((group) => group.items.length > 0),
  }
}

function item(verb: string, name: string, summary: string, description: string, parts: ApiItem['parts']): ApiItem {
  return { key: `${verb} ${name}`, verb, name, summary, description, isDeprecated: false, parts }
}
