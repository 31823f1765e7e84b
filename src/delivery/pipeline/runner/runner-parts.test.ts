import { describe, expect, it } from 'vitest'
import { fits } from '../action/version-range.ts'
import { parseWorkflowCommand } from '../log/workflow-command.ts'
import { parseActionReference } from '../workflow/check-workflow.ts'
import { resolveShell } from './shell.ts'
import { Slots } from './slots.ts'

describe('Slots', () => {
  it('lets so many in, the others in their order, and gives a slot back once', async () => {
    const slots = new Slots(2)
    const never = new AbortController().signal
    const first = await slots.take(never)
    await slots.take(never)
    const order: string[] = []
    const third = slots.take(never).then((give) => (order.push('third'), give))
    void slots.take(never).then(() => order.push('fourth'))
    first()
    first()
    const give = await third
    expect(order).toEqual(['third'])
    give()
    await expect.poll(() => order).toEqual(['third', 'fourth'])
  })

  it('keeps no place for one that went away', async () => {
    const slots = new Slots(1)
    const abort = new AbortController()
    const give = await slots.take(abort.signal)
    const waiting = slots.take(abort.signal)
    abort.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    give()
    expect(slots.free).toBe(1)
  })
})

describe('resolveShell', () => {
  const script = (extension: string): string => `/t/s${extension}`
  it.each<[string | undefined, string, string[]]>([
    [undefined, 'bash', ['-e', '/t/s.sh']],
    ['bash', 'bash', ['--noprofile', '--norc', '-eo', 'pipefail', '/t/s.sh']],
    ['sh', 'sh', ['-e', '/t/s.sh']],
    ['python', 'python', ['/t/s.py']],
    ['perl -w {0} x', 'perl', ['-w', '/t/s', 'x']],
  ])('%s', (shell, command, args) => expect(resolveShell(shell, script, '/usr/bin:/bin')).toMatchObject({ command, args }))

  it('falls back to sh where there is no bash', () => {
    expect(resolveShell(undefined, script, '/nowhere')?.command).toBe('sh')
    expect(resolveShell('bash', script, '/nowhere')?.command).toBe('sh')
  })

  it('knows no shell without a place for the script', () => expect(resolveShell('fish', script, '/bin')).toBeUndefined())
})

it.each([
  ['20', '20.1.2', true],
  ['20', '24.0.0', false],
  ['24.x', '24.21.0', true],
  ['v24.21', '24.21.0', true],
  ['>=20', '24.0.0', true],
  ['>=20 <24', '24.0.0', false],
  ['^22.1.0 || ^24', '24.3.0', true],
  ['~24.2', '24.3.0', false],
  ['lts/*', '24.0.0', true],
  ['latest', '24.0.0', true],
  ['nonsense', '24.0.0', false],
])('%s fits Node.js %s: %s', (wanted, version, expected) => expect(fits(wanted, version)).toBe(expected))

it.each<[string, ReturnType<typeof parseWorkflowCommand>]>([
  ['::error file=a%2Cb.ts,line=3::it%0Abroke', { name: 'error', properties: { file: 'a,b.ts', line: '3' }, message: 'it\nbroke' }],
  ['  ::group::Install', { name: 'group', properties: {}, message: 'Install' }],
  ['::add-mask::a::b', { name: 'add-mask', properties: {}, message: 'a::b' }],
  ['echo ::error::no', undefined],
  ['::no end', undefined],
  ['::12::x', undefined],
])('%j is the command %j', (line, expected) => expect(parseWorkflowCommand(line)).toEqual(expected))

it.each([
  ['actions/checkout@v4', 'actions/checkout'],
  ['Actions/Checkout@8e5e7e5ab8b370d6c329ec480221332ada57f0ab', 'actions/checkout'],
  ['actions/cache/restore@v4', 'actions/cache/restore'],
  ['actions/checkout', undefined],
  ['../x@v1', undefined],
])('%s names %s', (reference, name) => expect(parseActionReference(reference)?.name).toBe(name))
