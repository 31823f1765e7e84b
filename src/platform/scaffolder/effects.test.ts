import { describe, expect, it } from 'vitest'
import { parseSource } from '#kernel/common/document'
import type { JsonObject } from '#kernel/common/json'
import { builtInActions, describeActions, type FetchSource, type ScmHost } from './actions/index.ts'
import { runTemplate, type RunInput, type TemplateRun } from './run-template.ts'
import { readTemplate } from './template-document.ts'

const github: ScmHost = { host: 'github.com', type: 'github', webUrl: 'https://github.com' }
const gitlab: ScmHost = { host: 'gitlab.com', type: 'gitlab', webUrl: 'https://gitlab.com' }
const azure: ScmHost = { host: 'dev.azure.com', type: 'azure', webUrl: 'https://dev.azure.com' }
const descriptor = 'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: orders}\nspec: {type: service, lifecycle: production, owner: a}\n'

/** Runs steps over a folder `./s` with a descriptor in it. */
async function run(steps: string, more: Partial<RunInput> = {}, output = '{}'): Promise<TemplateRun> {
  const text = `apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: t}\nspec:\n  type: service\n  steps:\n${steps.replaceAll(/^/gm, '    ')}\n  output: ${output}\n`
  const document = parseSource('template.yaml', text).documents[0]
  const read = document && readTemplate(document)
  if (!read?.template) throw new Error(JSON.stringify(read?.problems))
  return await runTemplate({
    template: read.template,
    values: {},
    actions: builtInActions,
    user: 'user:default/ana',
    repositoryUrl: (owner, name) => `http://fairway.test/git/${owner}/${name}.git`,
    readFolder: async () => await Promise.resolve([{ path: 'catalog-info.yaml', content: Buffer.from(descriptor), isExecutable: false }]),
    ...more,
  })
}
const hosts = (...list: ScmHost[]): Pick<RunInput, 'hosts'> => ({ hosts: { list: () => list } })
const fetchFolder = '- {id: f, action: "fetch:plain", input: {url: ./s}}\n'

describe('deferred values', () => {
  const opened = `${fetchFolder}- {id: pr, action: "publish:github:pull-request", input: {repoUrl: "github.com?owner=acme&repo=docs", branchName: b, title: T, description: D}}\n`

  it('stop a run at the step that needs them, and carry it on when they are known', async () => {
    const steps = `${opened}- {id: label, action: "github:issues:label", input: {repoUrl: "github.com?owner=acme&repo=docs", number: "\${{ steps.pr.output.pullRequestNumber }}", labels: [a]}}
- {id: log, action: "debug:log", input: {message: done}}`
    const output = `{links: [{title: PR, url: "\${{ steps.pr.output.remoteUrl }}"}, {title: fixed, url: "http://x"}], text: [{title: n, content: "#\${{ steps.pr.output.pullRequestNumber }}"}], twice: "\${{ steps.label.output.x }}"}`
    const first = await run(steps, hosts(github), output)
    expect(first.held).toEqual({ step: 'label', effect: 'pr', field: 'number' })
    expect(first.effects.map((effect) => effect.id)).toEqual(['pr'])
    expect(first.steps.map((step) => step.state)).toEqual(['ran', 'ran', 'held', 'later'])
    expect(first.output).toEqual({ links: [{ title: 'fixed', url: 'http://x' }], text: [] })
    expect(first.isOutputWhole).toBe(false)

    const second = await run(steps, { ...hosts(github), resolved: { pr: { number: 7, url: 'http://pr/7', commitHash: 'abc', targetBranch: 'main' } } }, output)
    expect(second.held).toBeUndefined()
    expect(second.effects.map((effect) => effect.id)).toEqual(['pr', 'label'])
    expect(second.effects[1]).toMatchObject({
      kind: 'host-call',
      requests: [{ method: 'POST', path: '/repos/acme/docs/issues/7/labels', body: { labels: ['a'] } }],
    })
    expect(second.output).toEqual({
      links: [
        { title: 'PR', url: 'http://pr/7' },
        { title: 'fixed', url: 'http://x' },
      ],
      text: [{ title: 'n', content: '#7' }],
    })
    expect(second.isOutputWhole).toBe(true)
    expect(second.effects[0]).toEqual(first.effects[0])
  })

  it('do not stop a run for a log line', async () => {
    const result = await run(
      `${opened}- {id: log, action: "debug:log", input: {message: "\${{ steps.pr.output.remoteUrl }}"}}\n- {id: w, action: "debug:wait", input: {seconds: 2}}`,
      hosts(github),
    )
    expect(result.held).toBeUndefined()
    expect(result.steps.map((step) => step.state)).toEqual(['ran', 'ran', 'held', 'ran'])
    expect(result.effects.map((effect) => effect.kind)).toEqual(['pull-request', 'wait'])
  })

  it('hold a step by its condition or its list as well', async () => {
    for (const when of ['if: "${{ steps.ask.output.reason == 1 }}"', 'each: "${{ steps.ask.output.approvedBy }}"']) {
      const result = await run(
        `- {id: ask, action: "approval:wait", input: {groups: [platform, "user:ana"], message: ok?}}\n- {id: w, action: "debug:wait", ${when}}`,
      )
      expect(result.held).toMatchObject({ step: 'w', effect: 'ask' })
      expect(result.effects).toEqual([
        { kind: 'approval', id: 'ask', step: 'ask', groups: ['group:default/platform', 'user:default/ana'], required: 1, message: 'ok?' },
      ])
    }
  })
})

describe('each', () => {
  it('runs a step for each member, with keys as texts, a condition a turn, and outputs as lists', async () => {
    const steps = `- {id: w, action: "catalog:write", input: {entity: {kind: X}}}
- {id: p, action: "publish:fairway", each: "\${{ parameters.names }}", if: "\${{ each.value != 'skip' }}", input: {repoUrl: "?owner=acme&repo=\${{ each.value }}"}}
- {id: log, action: "debug:log", each: {a: 1, b: 2}, input: {message: "\${{ each.key }}\${{ each.value }} \${{ steps.p.output.repository }}"}}`
    const result = await run(steps, { values: { names: ['one', 'skip', 'two'] } })
    expect(result.effects.map(({ id, step }) => [id, step])).toEqual([
      ['p[0]', 'p[0]'],
      ['p[2]', 'p[2]'],
    ])
    expect(result.log).toEqual(['a1 acme/one,acme/two', 'b2 acme/one,acme/two'])
    expect(result.steps.map((step) => step.key)).toEqual(['w', 'p[0]', 'p[2]', 'log[a]', 'log[b]'])
  })
})

describe('hosts', () => {
  it.each([
    ['publish:github', 'github.com?owner=acme&repo=orders', github, 'https://github.com/acme/orders.git', 'https://github.com/acme/orders/blob/main', 'acme'],
    ['publish:gitlab', 'gitlab.com?owner=a/b&repo=orders', gitlab, 'https://gitlab.com/a/b/orders', 'https://gitlab.com/a/b/orders/-/blob/main', 'a/b'],
    [
      'publish:azure',
      'dev.azure.com?organization=o&project=p&repo=orders',
      azure,
      'https://dev.azure.com/o/p/_git/orders',
      'https://dev.azure.com/o/p/_git/orders?path=/&version=GBmain',
      'o/p',
    ],
  ])('%s goes where the address says', async (action, repoUrl, host, remoteUrl, repoContentsUrl, owner) => {
    const steps = `${fetchFolder}- {id: p, action: "${action}", input: {repoUrl: "${repoUrl}"}}\n- {id: r, action: "catalog:register", input: {repoContentsUrl: "\${{ steps.p.output.repoContentsUrl }}"}}`
    const result = await run(steps, hosts(host))
    expect(result.effects[0]).toMatchObject({ kind: 'repository', host: host.host, owner, name: 'orders' })
    expect(result.steps[1]?.output).toMatchObject({ remoteUrl, repoContentsUrl })
    expect(result.effects[1]).toMatchObject({
      kind: 'register',
      ref: 'component:default/orders',
      repository: '',
      url: expect.stringContaining('catalog-info.yaml') as string,
    })
  })

  it('what is written for GitHub goes to the built-in host when there is no GitHub host', async () => {
    const steps = `${fetchFolder}- {id: p, action: "publish:github", input: {repoUrl: "github.com?owner=acme&repo=orders", topics: [a]}}
- {id: r, action: "catalog:register", input: {repoContentsUrl: "\${{ steps.p.output.repoContentsUrl }}"}}
- {id: d, action: "github:actions:dispatch", input: {repoUrl: "github.com?owner=acme&repo=orders", workflowId: ci.yml, branchOrTagName: main}}
- {id: pr, action: "publish:github:pull-request", input: {repoUrl: "github.com?owner=acme&repo=orders", branchName: b, title: T, description: D}}`
    const result = await run(steps)
    expect(result.effects.map((effect) => [effect.kind, 'host' in effect ? effect.host : undefined])).toEqual([
      ['repository', ''],
      ['register', undefined],
      ['dispatch', ''],
      ['pull-request', ''],
    ])
    expect(result.effects[1]).toMatchObject({ repository: 'acme/orders', branch: 'main', ref: 'component:default/orders' })
    expect(result.log).toEqual(['the built-in Git host has no topics; left away'])
  })

  it('a host that is not configured is named with what to do, before anything starts', async () => {
    const steps = `- {id: l, action: "debug:log", input: {message: started}}\n- {id: p, action: "publish:gitlab", input: {repoUrl: "gitlab.com?owner=a&repo=b"}}`
    await expect(run(steps, hosts(github))).rejects.toMatchObject({
      code: 'platform.scaffolder.host_missing',
      errors: [{ field: 'spec.steps[1].action', line: 8, message: expect.stringMatching(/GitLab host.*GitHost/) as string }],
    })
    await expect(run(`- {id: p, action: "github:pages:enable", input: {repoUrl: "github.com?owner=a&repo=b"}}`)).rejects.toMatchObject({
      code: 'platform.scaffolder.host_missing',
    })
    await expect(
      run(`- {id: p, action: "github:pages:enable", if: "\${{ parameters.no }}", input: {repoUrl: "github.com?owner=a&repo=b"}}`),
    ).resolves.toMatchObject({ effects: [] })
    await expect(run(`${fetchFolder}- {id: p, action: "publish:github", input: {repoUrl: "ghe.acme.com?owner=a&repo=b"}}`, hosts(github))).rejects.toThrow(
      /"ghe.acme.com".*github.com/,
    )
  })

  it('gives a repository on GitHub its settings', async () => {
    const steps = `${fetchFolder}- {id: p, action: "publish:github", input: {repoUrl: "github.com?owner=acme&repo=orders", repoVisibility: internal, topics: [Java], allowAutoMerge: true, collaborators: [{team: core, access: maintain}], protectDefaultBranch: true, requiredStatusCheckContexts: [test], token: "\${{ secrets.USER_OAUTH_TOKEN }}"}}`
    const { effects } = await run(steps, { ...hosts(github), secrets: ['USER_OAUTH_TOKEN'] })
    expect(effects[0]).toMatchObject({ visibility: 'internal', token: { $secret: [{ name: 'USER_OAUTH_TOKEN' }] } })
    expect(effects[1]).toMatchObject({
      id: 'p#2',
      requests: [
        { method: 'PATCH', path: '/repos/acme/orders', body: { allow_auto_merge: true } },
        { method: 'PUT', path: '/orgs/acme/teams/core/repos/acme/orders', body: { permission: 'maintain' } },
        { method: 'PUT', path: '/repos/acme/orders/topics', body: { names: ['java'] } },
        { method: 'PUT', path: '/repos/acme/orders/branches/main/protection' },
      ],
    })
  })
})

describe('secrets', () => {
  const secrets = ['HOOK']
  it('reach only what may hold them', async () => {
    const hook = `- {id: h, action: "github:webhook", input: {repoUrl: "github.com?owner=a&repo=b", webhookUrl: "https://x.io", webhookSecret: "\${{ secrets.HOOK }}"}}\n- {id: l, action: "debug:log", input: {message: "it is \${{ secrets.HOOK }}"}}`
    const result = await run(hook, { ...hosts(github), secrets })
    expect(result.effects[0]).toMatchObject({ requests: [{ body: { config: { secret: { $secret: [{ name: 'HOOK' }] } } } }] })
    expect(result.log).toEqual(['it is ***'])
  })

  it.each([
    '{id: a, action: "fetch:template", input: {url: ./s, values: {deep: [{x: "${{ secrets.HOOK }}"}]}}}',
    '{id: a, action: "catalog:write", input: {entity: {metadata: {name: "${{ secrets.HOOK }}"}}}}',
    '{id: a, action: "roadiehq:utils:fs:write", input: {path: x, content: "${{ secrets.HOOK }}"}}',
    '{id: a, action: "publish:fairway", input: {repoUrl: "?owner=a&repo=b", description: "${{ secrets.HOOK }}"}}',
  ])('never reach files or plans: %s', async (step) => {
    await expect(run(`- ${step}`, { secrets })).rejects.toMatchObject({
      code: 'platform.scaffolder.step_failed',
      errors: [{ field: expect.stringContaining('steps.a.input.') as string, message: expect.stringContaining('secret') as string }],
    })
  })
})

describe('addresses', () => {
  const read: string[] = []
  const fetch: FetchSource = {
    readFolder: async (url, pin) => {
      read.push(`${url}@${pin ?? 'newest'}`)
      return await Promise.resolve({ files: [{ path: 'a.txt', content: Buffer.from('${{ values.x }}'), isExecutable: false }], revision: 'c0ffee' })
    },
    readFile: async (url, pin) => {
      read.push(`${url}@${pin ?? 'newest'}`)
      return await Promise.resolve({ content: Buffer.from('file'), revision: 'f00' })
    },
  }
  it('are read through the port and pinned', async () => {
    const steps = `- {id: a, action: "fetch:template", input: {url: "https://github.com/acme/t/tree/main/x", values: {x: 1}}}\n- {id: b, action: "fetch:plain:file", input: {url: "https://x.io/f", targetPath: b.txt}}`
    const first = await run(steps, { fetch })
    expect(first.workspace.below('').map(({ path, file }) => [path, Buffer.from(file.content).toString()])).toEqual([
      ['a.txt', '1'],
      ['b.txt', 'file'],
    ])
    expect(first.pins).toEqual({ 'https://github.com/acme/t/tree/main/x': 'c0ffee', 'https://x.io/f': 'f00' })
    read.length = 0
    await run(steps, { fetch, pins: first.pins })
    expect(read).toEqual(['https://github.com/acme/t/tree/main/x@c0ffee', 'https://x.io/f@f00'])
  })
})

describe('files', () => {
  it('lists, writes, merges', async () => {
    const steps = `- {id: w, action: "roadiehq:utils:fs:write", input: {path: d/a.json, content: '{"a": {"x": 1}, "l": [1]}'}}
- {id: m, action: "roadiehq:utils:merge", input: {path: d/a.json, content: {a: {"y": 2}, l: [2]}, mergeArrays: true}}
- {id: r, action: "fs:readdir", input: {paths: [.], recursive: true}}
- {id: s, action: "roadiehq:utils:serialize:yaml", input: {data: {a: [1]}}}`
    const result = await run(steps)
    expect(JSON.parse(Buffer.from(result.workspace.find('d/a.json')?.content ?? '').toString())).toEqual({ a: { x: 1, y: 2 }, l: [1, 2] })
    expect(result.steps[2]?.output).toEqual({
      files: [{ name: 'a.json', path: 'd/a.json', fullPath: 'd/a.json' }],
      folders: [{ name: 'd', path: 'd', fullPath: 'd' }],
    })
    expect(result.steps[3]?.output).toEqual({ serialized: 'a:\n  - 1\n' })
  })

  it('a file of a skeleton includes others of it, and none else', async () => {
    const folder = (files: Record<string, string>): Pick<RunInput, 'readFolder'> => ({
      readFolder: async () => await Promise.resolve(Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text), isExecutable: false }))),
    })
    const steps = '- {id: f, action: "fetch:template", input: {url: ./s, values: {name: x}, copyWithoutRender: ["_lib/**"]}}'
    const result = await run(
      steps,
      folder({ 'a/b.txt': '{% from "../_lib/m.njk" import hi %}${{ hi(values.name) }}', '_lib/m.njk': '{% macro hi(n) %}hi ${{ n }}{% endmacro %}' }),
    )
    expect(Buffer.from(result.workspace.find('a/b.txt')?.content ?? '').toString()).toBe('hi x')
    await expect(run(steps, folder({ a: '{% include "../../package.json" %}' }))).rejects.toThrow('is not in the folder of this template')
  })
})

describe('cookiecutter templates', () => {
  const folder = (files: Record<string, string>): Pick<RunInput, 'readFolder'> => ({
    readFolder: async () => await Promise.resolve(Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text), isExecutable: false }))),
  })
  const steps = '- {id: f, action: "fetch:cookiecutter", input: {url: ./s, targetPath: out, values: {name: My App}}}'

  it('are filled in with their own defaults under the values', async () => {
    const files = {
      'cookiecutter.json': '{"name": "x", "slug": "{{ cookiecutter.name.lower().replace(\' \', \'-\') }}", "license": ["MIT", "BSD"]}',
      '{{cookiecutter.name}}/{{ cookiecutter.slug }}.txt': '{{ cookiecutter.name }} {{ cookiecutter.license }}',
      'README.md': 'of the template',
    }
    const result = await run(steps, folder(files))
    expect(result.workspace.below('').map(({ path, file }) => [path, Buffer.from(file.content).toString()])).toEqual([['out/my-app.txt', 'My App MIT']])
  })

  it('with hooks are refused', async () => {
    await expect(run(steps, folder({ 'hooks/post_gen_project.py': 'x', '{{cookiecutter.name}}/a': '' }))).rejects.toThrow('hooks/post_gen_project.py')
  })
})

describe('what there is', () => {
  it('every action says what it takes and gives, as JSON Schema', () => {
    const described = describeActions(builtInActions)
    expect(new Set(described.map((action) => action.id)).size).toBe(builtInActions.length)
    for (const action of described) {
      expect(action.description).not.toBe('')
      expect(action.schema.input['type'] ?? action.schema.input['allOf']).toBeDefined()
      expect(action.schema.output).toMatchObject({ type: 'object' } as JsonObject)
    }
    const ids = described.map((action) => action.id)
    for (const id of [
      'fetch:plain:file',
      'publish:bitbucketServer',
      'publish:gerrit:review',
      'github:repo:push',
      'gitlab:repo:push',
      'approval:wait',
      'catalog:fetch',
    ])
      expect(ids).toContain(id)
  })

  it('an unknown action is named with its line and what was perhaps meant', async () => {
    await expect(run('- {id: a, action: "publish:git-hub"}\n- {id: b, action: "fetch:templte"}\n- {id: c, action: "acme:deploy"}')).rejects.toMatchObject({
      code: 'platform.scaffolder.unknown_action',
      errors: [
        { field: 'spec.steps[0].action', file: 'template.yaml', line: 7, message: expect.stringContaining('did you mean "publish:github"') as string },
        { line: 8, message: expect.stringContaining('"fetch:template"') as string },
        { line: 9, message: expect.stringMatching(/^there is no action "acme:deploy"; there are/) as string },
      ],
    })
  })
})
