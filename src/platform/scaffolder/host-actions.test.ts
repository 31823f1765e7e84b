import { describe, expect, it } from 'vitest'
import { parseSource } from '#kernel/common/document'
import { builtInActions, type HostType, type ScmHost } from './actions/index.ts'
import { actionProblems } from './action-problems.ts'
import { runTemplate } from './run-template.ts'
import { readTemplate, type Template } from './template-document.ts'
import type { TemplateRun } from './template-run.ts'

const hosts: ScmHost[] = [
  { host: 'github.com', type: 'github', webUrl: 'https://github.com' },
  { host: 'gitlab.com', type: 'gitlab', webUrl: 'https://gitlab.com' },
]
const repo = 'repoUrl: "gitlab.com?owner=acme&repo=orders"'
const hub = 'repoUrl: "github.com?owner=acme&repo=orders"'

function template(steps: string): Template {
  const text = `apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: t}\nspec:\n  type: service\n  steps:\n${steps.replaceAll(/^/gm, '    ')}\n`
  const document = parseSource('template.yaml', text).documents[0]
  const read = document && readTemplate(document)
  if (!read?.template) throw new Error(JSON.stringify(read?.problems))
  return read.template
}
async function run(steps: string): Promise<TemplateRun> {
  return await runTemplate({
    template: template(steps),
    values: {},
    actions: builtInActions,
    user: 'user:default/ana',
    secrets: ['KEY'],
    repositoryUrl: (owner, name) => `http://fairway.test/git/${owner}/${name}.git`,
    readFolder: async () => await Promise.resolve([{ path: 'a-${{ values.n }}.txt', content: Buffer.from('I am ${{ values.n }}'), isExecutable: false }]),
    hosts: { list: () => hosts },
  })
}
/** Method and path of each request. */
const linesOf = ({ effects }: TemplateRun): string[] =>
  effects.flatMap((effect) => (effect.kind === 'host-call' ? effect.requests.map((request) => `${request.method} ${request.path}`) : []))

/** What the published modules of Backstage's core and of its Git hosts have. */
const PUBLISHED: Readonly<Record<string, HostType | undefined>> = {
  'fetch:plain': undefined,
  'fetch:plain:file': undefined,
  'fetch:template': undefined,
  'fetch:template:file': undefined,
  'fetch:cookiecutter': undefined,
  'workspace:template': undefined,
  'workspace:template:file': undefined,
  'fs:delete': undefined,
  'fs:rename': undefined,
  'fs:readdir': undefined,
  'debug:log': undefined,
  'debug:wait': undefined,
  'catalog:fetch': undefined,
  'catalog:register': undefined,
  'catalog:write': undefined,
  'notification:send': undefined,
  'publish:github': 'github',
  'publish:github:pull-request': 'github',
  'github:actions:dispatch': 'github',
  'github:autolinks:create': 'github',
  'github:branch-protection:create': 'github',
  'github:deployKey:create': 'github',
  'github:environment:create': 'github',
  'github:issues:create': 'github',
  'github:issues:label': 'github',
  'github:pages:enable': 'github',
  'github:repo:create': 'github',
  'github:repo:push': 'github',
  'github:ruleset:create': 'github',
  'github:webhook': 'github',
  'publish:gitlab': 'gitlab',
  'publish:gitlab:merge-request': 'gitlab',
  'gitlab:group:access': 'gitlab',
  'gitlab:group:ensureExists': 'gitlab',
  'gitlab:group:migrate': 'gitlab',
  'gitlab:issue:edit': 'gitlab',
  'gitlab:issues:create': 'gitlab',
  'gitlab:pipeline:trigger': 'gitlab',
  'gitlab:projectAccessToken:create': 'gitlab',
  'gitlab:projectDeployToken:create': 'gitlab',
  'gitlab:projectVariable:create': 'gitlab',
  'gitlab:repo:exists': 'gitlab',
  'gitlab:repo:push': 'gitlab',
  'gitlab:user:info': 'gitlab',
  'publish:azure': 'azure',
  'publish:azure:pull-request': 'azure',
  'publish:gitea': 'gitea',
  'publish:bitbucket': 'bitbucketCloud',
  'publish:bitbucketCloud': 'bitbucketCloud',
  'publish:bitbucketCloud:pull-request': 'bitbucketCloud',
  'bitbucket:pipelines:run': 'bitbucketCloud',
  'bitbucketCloud:branchRestriction:create': 'bitbucketCloud',
  'publish:bitbucketServer': 'bitbucketServer',
  'publish:bitbucketServer:pull-request': 'bitbucketServer',
  'publish:gerrit': 'gerrit',
  'publish:gerrit:review': 'gerrit',
}

describe('actions of the published modules', () => {
  it.each(Object.entries(PUBLISHED))('%s is known, and needs %s', (id, type) => {
    const action = builtInActions.find((candidate) => candidate.id === id)
    expect([action?.id, action?.host]).toEqual([id, type])
  })

  it('whose host is not there are named before anything starts, each with what to do', async () => {
    const needy = Object.entries(PUBLISHED).filter(([id, type]) => type !== undefined && builtInActions.find((each) => each.id === id)?.runsOnFairway !== true)
    const steps = needy.map(([id], index) => `- {id: s${index}, action: "${id}", input: {}}`).join('\n')
    const problems = actionProblems(template(steps), builtInActions, { list: () => [] })
    expect(problems.map((each) => each.action)).toEqual(needy.map(([id]) => id))
    for (const { problem } of problems) expect(problem.message).toMatch(/GitHost|Fairway can not write/)
    // A condition may skip a step; one that is not skipped is refused by its own run, which is before anything starts, too.
    for (const [id, type] of needy.filter(([, each]) => each !== 'github' && each !== 'gitlab'))
      await expect(
        run(`- {id: s, if: true, action: "${id}", input: {${repo}, sourcePath: ".", branchName: b, title: t, description: d}}`),
        `${id} ${type}`,
      ).rejects.toMatchObject({
        message: expect.stringMatching(/GitHost|Fairway can not write/) as string,
      })
  })
})

describe('requests of host actions', () => {
  it.each([
    [`gitlab:group:ensureExists`, `{${repo}, path: [a, {name: B, slug: b}]}`, ['GET /groups/a', 'POST /groups', 'GET /groups/a%2Fb', 'POST /groups']],
    [
      `gitlab:group:access`,
      `{${repo}, path: a/b, userIds: [3], groupIds: [4], accessLevel: Maintainer}`,
      ['POST /groups/a%2Fb/members', 'PUT /groups/a%2Fb/members/3', 'DELETE /groups/a%2Fb/share/4', 'POST /groups/a%2Fb/share'],
    ],
    [`gitlab:group:access`, `{${repo}, path: 7, userIds: [3], action: remove}`, ['DELETE /groups/7/members/3']],
    [`gitlab:repo:exists`, `{${repo}}`, ['GET /projects/acme%2Forders']],
    [`gitlab:user:info`, `{${repo}, userId: 4}`, ['GET /users/4']],
    [
      `gitlab:projectVariable:create`,
      `{${repo}, key: A, value: b, environmentScope: "prod/*"}`,
      ['GET /projects/acme%2Forders/variables/A?filter%5Benvironment_scope%5D=prod%2F*', 'POST /projects/acme%2Forders/variables'],
    ],
    [`github:branch-protection:create`, `{${hub}}`, ['GET /repos/acme/orders', 'PUT /repos/acme/orders/branches/{defaultBranch}/protection']],
    [
      `github:branch-protection:create`,
      `{${hub}, branch: rel/1, requiredCommitSigning: true}`,
      ['PUT /repos/acme/orders/branches/rel%2F1/protection', 'POST /repos/acme/orders/branches/rel%2F1/protection/required_signatures'],
    ],
    [`github:ruleset:create`, `{${hub}, name: r, enforcement: active, rules: [{type: deletion}]}`, ['POST /repos/acme/orders/rulesets']],
    [
      `github:deployKey:create`,
      `{${hub}, deployKeyName: My key, publicKey: ssh-ed25519 A, privateKey: "\${{ secrets.KEY }}"}`,
      ['POST /repos/acme/orders/keys', 'GET /repos/acme/orders/actions/secrets/public-key', 'PUT /repos/acme/orders/actions/secrets/MY_KEY_PRIVATE_KEY'],
    ],
    [
      `github:environment:create`,
      `{${hub}, name: prod, reviewers: ["user:default/ana", "group:default/core"], secrets: {T: "\${{ secrets.KEY }}"}}`,
      [
        'GET /users/ana',
        'GET /orgs/acme/teams/core',
        'PUT /repos/acme/orders/environments/prod',
        'GET /repos/acme/orders/environments/prod/secrets/public-key',
        'PUT /repos/acme/orders/environments/prod/secrets/T',
      ],
    ],
  ])('%s %s', async (action, input, lines) => {
    expect(linesOf(await run(`- {id: s, action: "${action}", input: ${input}}`))).toEqual(lines)
  })

  it('publishing gives a project on GitLab and a repository on GitHub what the template asks for', async () => {
    const fetch = '- {id: f, action: "fetch:plain", input: {url: ./s}}\n'
    const lab = await run(
      `${fetch}- {id: p, action: "publish:gitlab", input: {${repo}, repoVisibility: internal, topics: [a], settings: {merge_method: ff, path: evil}, branches: [{name: dev, create: true, protect: true}], projectVariables: [{key: K, value: "\${{ secrets.KEY }}"}]}}`,
    )
    expect(linesOf(lab)).toEqual([
      'PUT /projects/acme%2Forders',
      'GET /projects/acme%2Forders/repository/branches/dev',
      'POST /projects/acme%2Forders/repository/branches',
      'POST /projects/acme%2Forders/protected_branches',
      'GET /projects/acme%2Forders/variables/K?filter%5Benvironment_scope%5D=*',
      'POST /projects/acme%2Forders/variables',
    ])
    expect(lab.effects.at(-1)).toMatchObject({ requests: [{ body: { visibility: 'internal', topics: ['a'], merge_method: 'ff' } }, {}, {}, {}, {}, {}] })
    const github = await run(
      `${fetch}- {id: p, action: "publish:github", input: {${hub}, repoVisibility: public, collaborators: [{user: "user:default/ana", access: push}], secrets: {T: "\${{ secrets.KEY }}"}, oidcCustomization: {useDefault: true}, customProperties: {tier: "1"}, subscribe: true}}`,
    )
    expect(linesOf(github)).toEqual([
      'PATCH /repos/acme/orders',
      'PUT /repos/acme/orders/collaborators/ana',
      'GET /repos/acme/orders/actions/secrets/public-key',
      'PUT /repos/acme/orders/actions/secrets/T',
      'PUT /repos/acme/orders/actions/oidc/customization/sub',
      'PATCH /repos/acme/orders/properties/values',
      'PUT /repos/acme/orders/subscription',
    ])
  })

  it('a token that GitLab makes is a secret for later steps, and can stand nowhere else', async () => {
    const token = `- {id: t, action: "gitlab:projectAccessToken:create", input: {${repo}, name: ci}}\n`
    const whole = await run(
      `${token}- {id: v, action: "gitlab:projectVariable:create", input: {${repo}, key: A, value: "\${{ steps.t.output.access_token }}"}}`,
    )
    const [made, used] = whole.effects as unknown as [{ requests: object[] }, { requests: object[] }]
    const name = 'made:0:gitlab:projectAccessToken:create.access_token'
    expect(made.requests).toMatchObject([{ secretOutputs: { [name]: 'token' } }])
    expect(JSON.parse(JSON.stringify(used.requests[1]))).toMatchObject({ body: { value: { $secret: [{ name }] } } })
    await expect(
      run(`${token}- {id: i, action: "gitlab:issues:create", input: {${repo}, title: "\${{ steps.t.output.access_token }}"}}`),
    ).rejects.toMatchObject({
      message: expect.stringContaining('holds a secret') as string,
    })
  })
})

it('workspace:template fills in what earlier steps have put there', async () => {
  const { workspace } = await run(
    '- {id: f, action: "fetch:plain", input: {url: ./s, targetPath: raw}}\n- {id: w, action: "workspace:template", input: {sourcePath: raw, targetPath: out, values: {n: "1"}}}\n- {id: x, action: "workspace:template:file", input: {sourcePath: "out/a-1.txt", targetPath: copy.txt, values: {}}}',
  )
  expect(Buffer.from(workspace.find('out/a-1.txt')?.content ?? []).toString()).toBe('I am 1')
  expect(workspace.has('copy.txt')).toBe(true)
  await expect(run('- {id: w, action: "workspace:template", input: {sourcePath: a, targetPath: a/b}}')).rejects.toMatchObject({
    errors: [{ message: 'must not overlap sourcePath' }],
  })
})
