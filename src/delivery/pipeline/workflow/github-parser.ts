import { readFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import path from 'node:path'
import type { StringToken } from '@actions/workflow-parser/templates/tokens/string-token'
import type { YamlObjectReader } from '@actions/workflow-parser/workflows/yaml-object-reader'
import { mendSchema } from './tolerate.ts'

/**
 * GitHub's own parser, loaded on first use: it costs 60 ms or more, which the platform's start must not pay.
 * The package's entry imports its schema as JSON without an import attribute, which Node refuses; so its parts are imported one by one
 * and the schema is read as a file.
 */
export async function loadGithubParser() {
  loading ??= load()
  return await loading
}

/** GitHub's own workflow parser, as far as we use it. */
export type GithubParser = Awaited<ReturnType<typeof load>>

let loading: ReturnType<typeof load> | undefined

async function load() {
  const [context, reader, yaml, json, schema, tokens, events, jobs, concurrency, handleErrors, trace, features] = await Promise.all([
    import('@actions/workflow-parser/templates/template-context'),
    import('@actions/workflow-parser/templates/template-reader'),
    import('@actions/workflow-parser/workflows/yaml-object-reader'),
    import('@actions/workflow-parser/templates/json-object-reader'),
    import('@actions/workflow-parser/templates/schema/template-schema'),
    import('@actions/workflow-parser/templates/tokens/string-token'),
    import('@actions/workflow-parser/model/converter/events'),
    import('@actions/workflow-parser/model/converter/jobs'),
    import('@actions/workflow-parser/model/converter/concurrency'),
    import('@actions/workflow-parser/model/converter/handle-errors'),
    import('@actions/workflow-parser/templates/trace-writer'),
    import('@actions/expressions/features'),
  ])
  const manifest = findPackageJSON('@actions/workflow-parser', import.meta.url)
  if (manifest === undefined) throw new Error('the package @actions/workflow-parser is not installed')
  const schemaText = await readFile(path.join(path.dirname(manifest), 'dist', 'workflow-v1.0.min.json'), 'utf8')
  return {
    ...context,
    ...reader,
    WorkflowReader: workflowReader(yaml.YamlObjectReader, tokens.StringToken),
    ...events,
    ...jobs,
    ...concurrency,
    ...handleErrors,
    ...trace,
    ...features,
    schema: schema.TemplateSchema.load(new json.JSONObjectReader(undefined, mendSchema(schemaText))),
  }
}

/**
 * GitHub's reader of YAML, but for texts of several lines: GitHub keeps their source with its indentation for the editor's sake, and would
 * make the text that runs from it. Without the source, it takes the value.
 */
function workflowReader(Reader: typeof YamlObjectReader, Text: typeof StringToken) {
  return class WorkflowReader extends Reader {
    override allowLiteral(): ReturnType<InstanceType<typeof Reader>['allowLiteral']> {
      const token = super.allowLiteral()
      const isLong = token instanceof Text && token.range !== undefined && token.range.start.line !== token.range.end.line
      return isLong ? new Text(token.file, token.range, token.value, token.definitionInfo) : token
    }
  }
}
