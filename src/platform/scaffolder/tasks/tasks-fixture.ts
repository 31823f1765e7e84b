const head = (name: string, title: string, extra = ''): string =>
  `apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata:\n  name: ${name}\n  title: ${title}\n  description: Nothing outside\n  annotations: {fairway.dev/version: '1.2.0'}\nspec:\n  owner: group:default/platform\n  type: service\n  parameters:\n    - title: Basics\n      required: [name]\n      properties:\n        name: {type: string}\n        size: {type: number, default: 3}\n${extra}`
const publish = (id: string, name: string): string =>
  `    - {id: ${id}, name: ${id[0]?.toUpperCase()}${id.slice(1)}, action: 'publish:fairway', input: {repoUrl: '?owner=acme&repo=${name}'}}\n`
const fetch = `    - {id: fetch, name: Fetch, action: 'fetch:template', input: {url: ./skeleton, values: {name: '\${{ parameters.name }}'}}}\n`

/** Templates for the tests of tasks, by path in their repository. */
export const TEMPLATES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`plain/skeleton/file-${index}.txt`, 'I am ${{ values.name }}\n'.repeat(20)])),
  'plain/template.yaml': `${head('plain', 'Plain')}  steps:
${fetch}    - {id: rename, name: Rename, action: 'fs:rename', input: {files: [{from: file-0.txt, to: first.txt}]}}
    - {id: log, name: Log, action: 'debug:log', input: {message: 'Hello \${{ parameters.name }}'}}
    - {id: only-http, name: HTTP, if: '\${{ parameters.http }}', action: 'debug:log', input: {message: never}}
    - {id: log-again, name: Log again, action: 'debug:log', input: {message: 'done by \${{ user.ref }}'}}
  output: {text: [{title: Done, content: '\${{ parameters.name }}'}]}
`,
  'service/skeleton/a.txt': 'I am ${{ values.name }}',
  'service/template.yaml': `${head('service', 'Service')}  steps:
${fetch}${publish('publish', '${{ parameters.name }}')}  output: {links: [{title: Repository, url: '\${{ steps.publish.output.remoteUrl }}'}]}
`,
  'late/skeleton/a.txt': 'a',
  'late/docs/from.txt': 'made after ${{ values.sha }}',
  'late/template.yaml': `${head('late', 'Late')}  steps:
${fetch}${publish('publish', '${{ parameters.name }}')}    - {id: log, name: Log, action: 'debug:log', input: {message: 'first commit \${{ steps.publish.output.commitHash }}'}}
    - {id: docs, name: Docs, action: 'fetch:template', input: {url: ./docs, targetPath: docs, values: {sha: '\${{ steps.publish.output.commitHash }}'}}}
    - {id: second, name: Second, action: 'publish:fairway', input: {repoUrl: '?owner=acme&repo=\${{ parameters.name }}-docs', sourcePath: docs}}
`,
  'waiting/skeleton/a.txt': 'a',
  'waiting/template.yaml': `${head('waiting', 'Waiting')}  steps:
${fetch}${publish('one', '${{ parameters.name }}-1')}    - {id: wait, name: Wait, action: 'debug:wait', input: {seconds: 60}}
${publish('two', '${{ parameters.name }}-2')}`,
  'agreed/skeleton/a.txt': 'a',
  'agreed/template.yaml': `${head('agreed', 'Agreed')}  steps:
${fetch}${publish('one', '${{ parameters.name }}-1')}    - {id: agree, name: Agree, action: 'approval:wait', input: {groups: [payments], required: 1, message: A second repository}}
${publish('two', '${{ parameters.name }}-2')}`,
  'secretive/template.yaml': `${head('secretive', 'Secretive')}  steps:
    - {id: hook, name: Hook, action: 'github:webhook', input: {repoUrl: 'github.com?owner=acme&repo=hush', webhookUrl: 'https://hooks.example.com', webhookSecret: '\${{ secrets.TOKEN }}'}}
    - {id: log, name: Log, action: 'debug:log', input: {message: 'the token is \${{ secrets.TOKEN }}'}}
`,
  'printing/skeleton/a.txt': '${{ values.name }}',
  'printing/template.yaml': `${head('printing', 'Printing')}  steps:
    - {id: log, name: Log, action: 'debug:log', input: {message: 'the token is \${{ secrets.TOKEN }}'}}
    - {id: fetch, name: Fetch, action: 'fetch:template', input: {url: ./skeleton, values: {name: '\${{ secrets.TOKEN }}'}}}
`,
}
