/// <reference types="node" />
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { storedZip } from './stored-zip.ts'

const hasPython = (() => {
  try {
    execFileSync('python3', ['--version'])
    return true
  } catch {
    return false
  }
})()

test.skipIf(!hasPython)('another program finds every file whole, with its name (skipped where there is no python3)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairway-zip-'))
  try {
    const entries = [
      { path: 'catalog/a.yaml', text: 'kind: Component\n' },
      { path: 'catalog/Größe.yaml', text: 'ü\n'.repeat(1000) },
      { path: 'empty.txt', text: '' },
    ]
    const path = join(folder, 'x.zip')
    writeFileSync(path, storedZip(entries))
    const script =
      'import json,sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint(json.dumps([[i.filename,z.read(i).decode()] for i in z.infolist()]))'
    const read = JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' })) as [string, string][]
    expect(read).toEqual(entries.map((entry) => [entry.path, entry.text]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('an archive of nothing is its end record alone', () => {
  expect([...storedZip([])]).toEqual([0x50, 0x4b, 5, 6, ...Array.from({ length: 18 }, () => 0)])
})
