import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseSource } from '#kernel/common/document'
import { isFault } from '#kernel/common/fault'
import type { Json, JsonObject } from '#kernel/common/json'
import { builtInActions, type FetchSource, type HostDirectory, type TemplateFile } from './actions/index.ts'
import { checkTemplate } from './check-template.ts'
import { runTemplate } from './run-template.ts'
import { readTemplate, type Template } from './template-document.ts'
import { exampleValues } from './template-tests/example-values.ts'

const folder = path.resolve('..', 'shared', 'corpus', 'backstage-templates')
const isThere = existsSync(folder)

/** What stands in for every folder that a template fetches. */
const madeUp: TemplateFile[] = Object.entries({
  'catalog-info.yaml':
    'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: example\nspec: {type: service, lifecycle: production, owner: group:default/a}\n',
  'README.md': '# ${{ values.name }}{% for key, value in values %}\n- ${{ key }}: ${{ value | dump }}{% endfor %}\n',
  'plugins/example/catalog-info.yaml': 'apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: p}\nspec: {owner: group:default/a}\n',
  'docs/index.md': 'plain',
  '{{cookiecutter.name}}/catalog-info.yaml': 'apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: p}\nspec: {owner: group:default/a}\n',
  'all.yaml': 'apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: example\nspec: {owner: group:default/a}\n',
  'plugins/example-backend/catalog-info.yaml': 'apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: p}\nspec: {owner: group:default/a}\n',
}).map(([file, text]) => ({ path: file, content: new TextEncoder().encode(text), isExecutable: false }))
const anywhere: FetchSource = {
  readFolder: async () => await Promise.resolve({ files: madeUp, revision: 'r1' }),
  readFile: async () => await Promise.resolve({ content: madeUp[0]?.content ?? new Uint8Array(), revision: 'r1' }),
}
const hosts: HostDirectory = {
  list: () => [
    { host: 'github.com', type: 'github', webUrl: 'https://github.com' },
    { host: 'gitlab.com', type: 'gitlab', webUrl: 'https://gitlab.com' },
    { host: 'dev.azure.com', type: 'azure', webUrl: 'https://dev.azure.com' },
    { host: 'gitea.example.com', type: 'gitea', webUrl: 'https://gitea.example.com' },
  ],
}

/** In one line: what a template does, or which of its actions are not here. */
async function outcomeOf(file: string, directory: HostDirectory): Promise<string> {
  const document = parseSource(file, readFileSync(path.join(folder, file), 'utf8')).documents[0]
  const template = document && readTemplate(document).template
  if (!document || !template) return 'is no template'
  const unknown = [...new Set(checkTemplate(document).map((problem) => /there is no action "([^"]+)"/.exec(problem.message)?.[1] ?? problem.message))]
  if (unknown.length > 0) return `not here: ${unknown.join(', ')}`
  try {
    const run = await runTemplate({
      template,
      values: valuesFor(template),
      actions: builtInActions,
      readFolder: async () => await Promise.resolve(madeUp),
      repositoryUrl: (owner, name) => `http://fairway.test/git/${owner}/${name}.git`,
      user: 'user:default/ana',
      userEntity: { metadata: { name: 'ana' }, spec: { profile: { email: 'ana@example.com' } } },
      secrets: ['USER_OAUTH_TOKEN'],
      hosts: directory,
      fetch: anywhere,
      findEntity: async () => await Promise.resolve({ kind: 'Component', metadata: { name: 'example' }, spec: { owner: 'group:default/a' } }),
    })
    const kinds = run.effects.map((effect) => (effect.kind === 'host-call' ? effect.title.split(' ')[0] : effect.kind)).join(' + ')
    return `${kinds === '' ? 'nothing' : kinds}${run.held ? ` until ${run.held.step} knows ${run.held.effect}.${run.held.field}` : ''}`
  } catch (error) {
    if (!isFault(error)) throw error
    if (error.code !== 'platform.scaffolder.host_missing') throw error
    return `needs ${/ needs ([^,]+), which/.exec(error.message)?.[1] ?? ''}`
  }
}

/** What example values can not know. */
const GIVEN: Readonly<Record<string, JsonObject>> = {
  'gitlab-merge-request': { repoUrl: 'gitlab.com?owner=acme&repo=orders', branchName: 'change', title: 'Change', description: 'As asked' },
  'launch-ansible-job-template': { extra_vars: 'a: 1' },
}

function valuesFor(template: Template): JsonObject {
  const values: Record<string, Json> = { ...exampleValues(template.parameters).values, ...GIVEN[template.name] }
  for (const [name, value] of Object.entries(values)) if (value === 'fairway?owner=acme&repo=example') values[name] = 'github.com?owner=acme&repo=example'
  return values
}

const SHORT: Readonly<Record<string, string>> = {
  'RH/': 'redhat-developer+red-hat-developer-hub-software-templates/templates/',
  'BT/': 'backstage+software-templates/scaffolder-templates/',
  'HA/': 'harness-community+idp-samples/',
  'CN/stacks/': 'cnoe-io+stacks/ref-implementation/backstage-templates/entities/',
  'CN/': 'cnoe-io+',
}

/** Each template, what it does with hosts of every kind, and what with the built-in host alone. */
const TABLE: readonly [string, string, string][] = [
  ['BT/clean-architecture-app/template.yaml', 'repository + register', 'repository + register'],
  ['BT/create-react-app/template.yaml', 'repository + register', 'repository + register'],
  ['BT/docs-template-cookiecutter/template.yaml', 'repository + register', 'repository + register'],
  ['BT/docs-template/template.yaml', 'repository + register', 'repository + register'],
  ['BT/gitlab-merge-request/template.yaml', 'pull-request', 'needs a GitLab host'],
  ['BT/pull-request/template.yaml', 'pull-request', 'pull-request'],
  ['BT/rails-demo/template.yaml', 'not here: fetch:rails', 'not here: fetch:rails'],
  ['BT/react-ssr-template/template.yaml', 'repository + register', 'repository + register'],
  ['BT/springboot-grpc-template/template.yaml', 'repository + register', 'repository + register'],
  ['RH/azure/dotnet-frontend/template.yaml', 'repository + register', 'needs an Azure DevOps host'],
  ['RH/create-backend-plugin/template.yaml', 'repository + register', 'repository + register'],
  ['RH/create-frontend-plugin/template.yaml', 'repository + register', 'repository + register'],
  ['RH/github/argocd/template.yaml', 'not here: argocd:create-resources', 'not here: argocd:create-resources'],
  ['RH/github/backstage-system/template.yaml', 'repository + register', 'repository + register'],
  [
    'RH/github/define-ansible-job/template.yaml',
    'pull-request until register knows publish.targetBranch',
    'pull-request until register knows publish.targetBranch',
  ],
  ['RH/github/go-backend/template.yaml', 'repository + register', 'repository + register'],
  [
    'RH/github/launch-ansible-job/template.yaml',
    'pull-request until register knows publish.targetBranch',
    'pull-request until register knows publish.targetBranch',
  ],
  ['RH/github/nodejs-backend/template.yaml', 'repository + register', 'repository + register'],
  ['RH/github/obc/template.yaml', 'repository + register', 'repository + register'],
  ['RH/github/quarkus-backend/template.yaml', 'repository + register', 'repository + register'],
  [
    'RH/github/register-component/template.yaml',
    'pull-request until register knows publishPR.targetBranch',
    'pull-request until register knows publishPR.targetBranch',
  ],
  ['RH/github/sdlc-app/template.yaml', 'pull-request + repository + Settings', 'pull-request + repository'],
  ['RH/github/spring-boot-backend/template.yaml', 'repository + register', 'repository + register'],
  ['RH/github/techdocs/template.yaml', 'repository + register', 'repository + register'],
  ['RH/github/tekton/template.yaml', 'pull-request', 'pull-request'],
  ['RH/gitlab/python-backend/template.yaml', 'repository + register', 'needs a GitLab host'],
  ['CN/stacks/app-with-bucket/template.yaml', 'not here: cnoe:create-argocd-app', 'not here: cnoe:create-argocd-app'],
  ['CN/stacks/argo-workflows/template.yaml', 'not here: cnoe:create-argocd-app', 'not here: cnoe:create-argocd-app'],
  ['CN/stacks/basic/template.yaml', 'not here: cnoe:create-argocd-app', 'not here: cnoe:create-argocd-app'],
  ['CN/stacks/ray-serve/template-ray-serve.yaml', 'not here: cnoe:create-argocd-app', 'not here: cnoe:create-argocd-app'],
  ['CN/reference-implementation-aws/templates/backstage/app-with-bucket/template.yaml', 'not here: cnoe:create-argocd-app', 'not here: cnoe:create-argocd-app'],
  ['CN/reference-implementation-aws/templates/backstage/argo-workflows/template.yaml', 'not here: cnoe:create-argocd-app', 'not here: cnoe:create-argocd-app'],
  ['CN/reference-implementation-aws/templates/backstage/basic/template.yaml', 'not here: cnoe:create-argocd-app', 'not here: cnoe:create-argocd-app'],
  [
    'CN/reference-implementation-aws/templates/backstage/ray-serve/template-ray-serve.yaml',
    'not here: cnoe:create-argocd-app',
    'not here: cnoe:create-argocd-app',
  ],
  ['HA/example-catalog-info/template.yaml', 'not here: trigger:harness-custom-pipeline', 'not here: trigger:harness-custom-pipeline'],
  ['HA/idp-pipelines/backstage-template-cookiecutter.yaml', 'not here: trigger:harness-custom-pipeline', 'not here: trigger:harness-custom-pipeline'],
  ['HA/idp-pipelines/nextjs/template.yaml', 'not here: trigger:harness-custom-pipeline', 'not here: trigger:harness-custom-pipeline'],
  ['HA/idp-pipelines/template-himanshu-using-stage.yaml', 'not here: trigger:harness-custom-pipeline', 'not here: trigger:harness-custom-pipeline'],
  ['HA/template-conditional-parameters.yaml', 'not here: trigger:harness-custom-pipeline', 'not here: trigger:harness-custom-pipeline'],
  ['HA/template-entityfieldpicker.yaml', 'not here: trigger:harness-custom-pipeline', 'not here: trigger:harness-custom-pipeline'],
  ['HA/template-github.yaml', 'not here: trigger:harness-custom-pipeline', 'not here: trigger:harness-custom-pipeline'],
  ['HA/template-gitlab.yaml', 'not here: trigger:harness-custom-pipeline', 'not here: trigger:harness-custom-pipeline'],
  ['HA/template-multiple-parameters.yaml', 'not here: debug', 'not here: debug'],
  ['HA/template-quickstart.yaml', 'repository', 'repository'],
  ['HA/template-self-service-flow-with-pipeline-provisioning.yaml', 'not here: trigger:harness-custom-pipeline', 'not here: trigger:harness-custom-pipeline'],
  ['HA/tutorial-self-service-flow-template.yaml', 'not here: trigger:harness-custom-pipeline', 'not here: trigger:harness-custom-pipeline'],
  ['HA/tutorial-template-create-jira-project.yaml', 'not here: trigger:harness-custom-pipeline', 'not here: trigger:harness-custom-pipeline'],
  ['humanitec-architecture+backstage/examples/template/template.yaml', 'repository + register', 'repository + register'],
  ['thatmlopsguy+dokaseca-portal-catalog/catalog/templates/nodejs-microservice/template.yaml', 'repository + register', 'repository + register'],
  ['backstage+demo/demo-template/template/template.yaml', 'repository + Settings + Turn + dispatch + notify', 'needs a GitHub host'],
  ['backstage+backstage/plugins/scaffolder-backend/sample-templates/conditional-output-demo/template.yaml', 'nothing', 'nothing'],
  ['backstage+backstage/plugins/scaffolder-backend/sample-templates/conditional-parameters-demo/template.yaml', 'nothing', 'nothing'],
]

function fileOf(short: string): string {
  const [prefix, folderName] = Object.entries(SHORT).find(([start]) => short.startsWith(start)) ?? ['', '']
  return folderName + short.slice(prefix.length)
}

describe.skipIf(!isThere)('templates of the corpus, in memory', () => {
  it.each(TABLE)('%s: %s', async (short, everywhere, alone) => {
    expect([await outcomeOf(fileOf(short), hosts), await outcomeOf(fileOf(short), { list: () => [] })]).toEqual([everywhere, alone])
  })

  it('the table has every one', () => {
    const { documents } = JSON.parse(readFileSync(path.join(folder, 'verdicts.json'), 'utf8')) as { documents: { file: string }[] }
    expect(TABLE.map(([short]) => fileOf(short))).toEqual(documents.map(({ file }) => file))
  })
})
