import { describe, expect, it } from 'vitest'
import { expectationSchema, mismatchesOf, type MadeThings } from './expectation.ts'

const file = (path: string, text = '', isExecutable = false): MadeThings['files'][number] => ({ path, content: Buffer.from(text), isExecutable })
const made: MadeThings = {
  files: [file('package.json', '{\n  "name": "orders"\n}\n'), file('.github/workflows/ci.yml', 'on: push'), file('run.sh', '#!/bin/sh', true)],
  skipped: ['database'],
  repositories: ['acme/orders'],
  entities: ['component:default/orders'],
}

describe('mismatchesOf', () => {
  it.each([
    [{ files: ['package.json', '.github/**', '*.sh'], only: true, absent: ['Dockerfile'], contains: { 'package.json': '"orders"' }, executable: ['run.sh'] }],
    [{ skipped: ['database'], repositories: ['acme/orders'], entities: ['component:default/orders'], lacks: { 'package.json': ['${{'] } }],
    [{ equals: { 'package.json': '{\n  "name": "orders"\n}\n' } }],
    [{}],
  ])('finds nothing where all is as asked: %j', (expectation) => {
    expect(mismatchesOf(expectationSchema.parse(expectation), made)).toEqual([])
  })

  it.each([
    [{ files: ['src/package.json'] }, ['files', 0], 'there is no "src/package.json"; there is "package.json"'],
    [{ files: ['package.json', '.github/**'], only: true }, ['only'], '"run.sh" is there too'],
    [{ absent: ['**/*.yml'] }, ['absent', 0], '".github/workflows/ci.yml" is there'],
    [{ contains: { 'package.json': ['orders', 'payments'] } }, ['contains', 'package.json', 1], '"package.json" does not contain "payments"'],
    [{ contains: { 'absent.txt': 'x' } }, ['contains', 'absent.txt'], 'there is no text file "absent.txt"'],
    [{ lacks: { 'package.json': 'orders' } }, ['lacks', 'package.json'], '"package.json" contains "orders"'],
    [{ equals: { 'run.sh': '#!/bin/bash' } }, ['equals', 'run.sh'], '"run.sh" differs: line 1 is "#!/bin/sh", not "#!/bin/bash"'],
    [{ executable: ['package.json'] }, ['executable', 0], '"package.json" is not executable'],
    [{ skipped: ['fetch'] }, ['skipped', 0], 'step "fetch" was not skipped'],
    [{ repositories: [] }, ['repositories'], '"acme/orders" is made too'],
    [
      { entities: ['component:default/other', 'component:default/orders'] },
      ['entities', 0],
      '"component:default/other" is not made; there are: component:default/orders',
    ],
  ])('%j is told at %j', (expectation, path, message) => {
    expect(mismatchesOf(expectationSchema.parse(expectation), made)).toEqual([{ path, message }])
  })
})
