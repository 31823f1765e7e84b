import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { readProcess } from '#kernel/node/process'
import { serveByCgi, type CgiRequest } from './git-cgi.ts'
import { gitFolders } from './git-command.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'git-cgi-'))
})
afterAll(async () => await rm(root, { recursive: true, force: true }))

const request = (more: Partial<CgiRequest>): CgiRequest => ({
  method: 'POST',
  pathInfo: '/acme/orders.git/git-upload-pack',
  query: '',
  contentType: 'application/x-git-upload-pack-request',
  protocol: '',
  user: '',
  body: undefined,
  env: {},
  isWrite: false,
  signal: new AbortController().signal,
  onEnded: async () => {},
  ...more,
})

it('ends a read whose client leaves before it has read anything', async () => {
  const pidFile = path.join(root, 'pid')
  await writeFile(path.join(root, 'git'), `#!/bin/sh\necho $$ > ${pidFile}\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'\nexec sleep 600\n`)
  await chmod(path.join(root, 'git'), 0o755)
  const client = new AbortController()
  const answer = await serveByCgi(gitFolders(root), request({ env: { PATH: `${root}:/bin:/usr/bin` }, signal: client.signal }))
  expect(answer.status).toBe(200)
  const pid = Number(await readFile(pidFile, 'utf8'))
  expect(readProcess(pid)).toBeDefined()
  client.abort()
  await vi.waitFor(() => expect(readProcess(pid)).toBeUndefined(), { timeout: 5_000 })
})

it('says that it has ended also when git can not be started', async () => {
  const onEnded = vi.fn<() => Promise<void>>(async () => {})
  await expect(serveByCgi(gitFolders(root), request({ env: { PATH: '/nowhere' }, isWrite: true, onEnded }))).rejects.toMatchObject({
    code: 'kernel.process.not_found',
  })
  expect(onEnded).toHaveBeenCalledOnce()
})
