import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Client } from '#contract'

const run = promisify(execFile)

/** Files by path; null removes one. */
export type Files = Readonly<Record<string, string | null>>

/** Clones a repository by plain git, commits files and pushes the branch `main`. @returns the commit. */
export async function pushFiles(platform: { url: string }, token: string, repository: string, files: Files, message = 'Edit'): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairway-push-'))
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...args], { cwd: folder })).stdout.trim()
  try {
    await git('clone', '-q', `${platform.url.replace('://', `://git:${token}@`)}/git/${repository}.git`, '.')
    for (const [file, text] of Object.entries(files)) {
      await mkdir(path.join(folder, path.dirname(file)), { recursive: true })
      await (text === null ? rm(path.join(folder, file)) : writeFile(path.join(folder, file), text))
    }
    await git('add', '-A')
    await git('commit', '-q', '-m', message)
    await git('push', '-q', 'origin', 'HEAD:main')
    return await git('rev-parse', 'HEAD')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The smallest service that a pipeline releases in a second: no packages, one workflow, one page. */
export function tinyService(name: string, options: { owner?: string; score?: string; workflow?: string } = {}): Record<string, string> {
  return {
    'catalog-info.yaml': `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
  annotations: { fairway.dev/repository: acme/${name} }
spec: { type: service, lifecycle: production, owner: '${options.owner ?? 'group:default/payments'}' }
`,
    'server.js': "require('node:http').createServer((request, response) => response.end('hello')).listen(process.env.PORT, '127.0.0.1')\n",
    'score.yaml': options.score ?? tinyScore(name),
    '.github/workflows/ci.yml': options.workflow ?? TINY_WORKFLOW,
  }
}

export function tinyScore(name: string, more = ''): string {
  return `apiVersion: score.dev/v1b1
metadata:
  name: ${name}
service:
  ports:
    www: { port: 8080 }
containers:
  main:
    image: .
    command: ['node', 'server.js']
    readinessProbe: { httpGet: { path: /, port: 8080 } }
${more}`
}

const TINY_WORKFLOW = `on:
  push: { branches: [main] }
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: mkdir dist && cp server.js dist/
      - uses: actions/upload-artifact@v4
        with: { name: app, path: dist }
`

/** Makes the repository `acme/<name>` by the administrator, and pushes the service into it. @returns the commit. */
export async function pushTinyService(
  platform: { url: string; administrator: Client },
  token: string,
  name: string,
  files = tinyService(name),
): Promise<string> {
  await platform.administrator.call('repositories.create', { body: { owner: 'acme', name, description: '', defaultBranch: 'main' } })
  return await pushFiles(platform, token, `acme/${name}`, files, 'Begin')
}
