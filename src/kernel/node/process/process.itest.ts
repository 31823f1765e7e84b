import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { linesOf, runChecked, runProcess, startProcess } from './index.ts'

const node = (script: string, ...args: string[]): { command: string; args: string[] } => ({ command: process.execPath, args: ['-e', script, ...args] })

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function gone(pid: number): Promise<void> {
  await expect.poll(() => isAlive(pid), { timeout: 5_000, interval: 10 }).toBe(false)
}

/** A process that has a child, and says both pids. */
const family = `const c = require('node:child_process').spawn(process.execPath, ['-e', 'process.on("SIGTERM",()=>{}); setInterval(()=>{},1000)'], {stdio:'inherit'});
  c.on('spawn', () => console.log(c.pid)); setInterval(()=>{},1000)`

describe('runProcess', () => {
  it('gives back exit code and both streams', async () => {
    const result = await runProcess(node('console.log("out"); console.error("err"); process.exitCode = 3'))
    expect({ ...result, stdout: result.stdout.toString(), stderr: result.stderr.toString() }).toEqual({
      exitCode: 3,
      signal: null,
      stoppedBy: undefined,
      stdout: 'out\n',
      stderr: 'err\n',
    })
  })

  it('hands arguments over as they are, never to a shell', async () => {
    const { stdout } = await runProcess(node('console.log(process.argv[1])', '$(id); `id` && echo "x"'))
    expect(stdout.toString()).toBe('$(id); `id` && echo "x"\n')
  })

  it('lets no setting of the platform through', async () => {
    process.env['FAIRWAY_TOKEN'] = 'canary'
    try {
      const { stdout } = await runProcess({ ...node('console.log(JSON.stringify(process.env))'), env: { EXTRA: 'yes', HOME: undefined } })
      expect(JSON.parse(stdout.toString())).toMatchObject({ EXTRA: 'yes' })
      expect(stdout.toString()).not.toContain('canary')
      expect(JSON.parse(stdout.toString())).not.toHaveProperty('HOME')
    } finally {
      delete process.env['FAIRWAY_TOKEN']
    }
  })

  it('feeds a long stream with backpressure', async () => {
    const input = Readable.from(Array.from({ length: 300 }, () => Buffer.alloc(64 * 1024, 'a')))
    const { stdout } = await runProcess({ ...node('let n=0; process.stdin.on("data",d=>n+=d.length).on("end",()=>console.log(n))'), input })
    expect(stdout.toString().trim()).toBe(String(300 * 64 * 1024))
  })

  it('survives a program that does not read its input', async () => {
    const result = await runProcess({ ...node('process.exit(0)'), input: Buffer.alloc(4 * 1024 * 1024) })
    expect(result.exitCode).toBe(0)
  })

  it('stops the program when its input fails, and says why', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a')
      throw new Error('the source broke')
    }
    await expect(runProcess({ ...node('process.stdin.resume()'), input: broken() })).rejects.toThrow('the source broke')
  })

  it('stops what writes more than allowed', async () => {
    const endless = node('const b = Buffer.alloc(65536); const go = () => process.stdout.write(b, go); go()')
    await expect(runProcess({ ...endless, maxOutputBytes: 1_000_000 })).rejects.toMatchObject({ code: 'kernel.process.too_much_output' })
  })

  it('stops what takes too long, with its children', async () => {
    const child = await startProcess({ ...node(family), graceMs: 50 })
    const grandchild = Number((await linesOf(child.stdout).next()).value)
    child.stderr.resume()
    expect(isAlive(grandchild)).toBe(true)
    await expect(runProcess({ ...node('setInterval(()=>{},1000)'), timeoutMs: 50 })).rejects.toMatchObject({ code: 'kernel.process.timed_out' })
    await child.stop()
    await gone(grandchild)
  })

  it('kills the whole group on abort, also a child that ignores SIGTERM', async () => {
    const abort = new AbortController()
    const child = await startProcess({ ...node(family), signal: abort.signal, graceMs: 20 })
    child.stderr.resume()
    const lines = linesOf(child.stdout)
    const grandchild = Number((await lines.next()).value)
    child.stdout.resume()
    abort.abort()
    expect(await child.exited).toMatchObject({ stoppedBy: 'abort' })
    await gone(grandchild)
  })

  it('says that a program is not there', async () => {
    await expect(runProcess({ command: 'no-such-program-anywhere', args: [] })).rejects.toMatchObject({ code: 'kernel.process.not_found' })
  })

  it('never starts under an aborted signal', async () => {
    const marker = path.join(await mkdtemp(path.join(tmpdir(), 'process-')), 'started')
    await expect(runProcess({ ...node('require("node:fs").writeFileSync(process.argv[1], "")', marker), signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    })
    await expect(readFile(marker)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('runChecked', () => {
  it('turns a failure into a fault that quotes the last words', async () => {
    await expect(runChecked(node('console.error("the disk is full"); process.exit(7)'))).rejects.toMatchObject({
      code: 'kernel.process.failed',
      message: expect.stringMatching(/exited with 7.*the disk is full/) as string,
    })
  })
})

describe('linesOf', () => {
  it.each([
    [
      ['a\nb', 'c\r\n', '\nd'],
      ['a', 'bc', '', 'd'],
    ],
    [['x'.repeat(10)], ['xxxx', 'xxxx', 'xx']],
    [['\n'], ['']],
    [[], []],
  ])('reads %j as %j', async (chunks, lines) => {
    const read: string[] = []
    for await (const line of linesOf(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), 4)) read.push(line)
    expect(read).toEqual(lines)
  })

  it('keeps a character whole that is split between chunks', async () => {
    const euro = Buffer.from('€')
    const read: string[] = []
    for await (const line of linesOf(Readable.from([euro.subarray(0, 1), euro.subarray(1)]))) read.push(line)
    expect(read).toEqual(['€'])
  })
})
