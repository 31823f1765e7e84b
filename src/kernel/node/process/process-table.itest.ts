import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { readProcess, readProcessByPs } from './process-table.ts'

describe.each([
  ['by what this system has', readProcess],
  ['by ps', readProcessByPs],
])('a process is known %s', (_how, look) => {
  it('as the same for as long as it lives, and not after', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })
    await once(child, 'spawn')
    const pid = child.pid ?? 0
    const first = look(pid)
    expect(first).toMatchObject({ pid, parent: process.pid, group: pid })
    expect(first?.start).not.toBe('')
    expect(look(pid)?.start).toBe(first?.start)
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
    expect(look(pid)).toBeUndefined()
  })

  it('apart from others, and by its program', () => {
    expect(look(process.pid)?.name).toMatch(/\S/)
    expect(look(0x7fff_fff0)).toBeUndefined()
  })
})
