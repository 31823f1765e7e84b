import { describe, expect, it } from 'vitest'
import { parseDiffEntries, splitPatches } from './parse-diff.ts'

const sha = '0'.repeat(40)
const raw = (status: string, ...paths: string[]): string => `:100644 100644 ${sha} ${sha} ${status}\0${paths.join('\0')}\0`

describe('parseDiffEntries', () => {
  it('reads what happened to each file, and how many lines', () => {
    const output =
      raw('A', 'new.txt') +
      raw('D', 'gone') +
      raw('R086', 'old name', 'src/new\tname') +
      raw('M', 'data.bin') +
      raw('T', 'link') +
      '1\t0\tnew.txt\0' +
      '0\t12\tgone\0' +
      '2\t3\t\0old name\0src/new\tname\0' +
      '-\t-\tdata.bin\0' +
      '1\t1\tlink\0'
    expect(parseDiffEntries(output)).toEqual([
      { path: 'new.txt', status: 'added', addedLines: 1, removedLines: 0 },
      { path: 'gone', status: 'removed', addedLines: 0, removedLines: 12 },
      { path: 'src/new\tname', previousPath: 'old name', status: 'renamed', addedLines: 2, removedLines: 3 },
      { path: 'data.bin', status: 'altered', addedLines: null, removedLines: null },
      { path: 'link', status: 'altered', addedLines: null, removedLines: null },
    ])
  })

  it('finds nothing in nothing', () => {
    expect(parseDiffEntries('')).toEqual([])
  })
})

describe('splitPatches', () => {
  it('is one patch a file, without headers; a file that holds a diff stays whole', () => {
    const output = [
      'diff --git a/a b/a',
      'index 1..2 100644',
      '--- a/a',
      '+++ b/a',
      '@@ -1 +1 @@',
      '-x',
      '+diff --git a/b b/b',
      '+@@ -1 +1 @@',
      'diff --git a/run b/run',
      'old mode 100644',
      'new mode 100755',
      'diff --git a/b b/b',
      '--- a/b',
      '+++ b/b',
      '@@ -1 +0,0 @@',
      '-y',
      '',
    ].join('\n')
    expect(splitPatches(output)).toEqual(['@@ -1 +1 @@\n-x\n+diff --git a/b b/b\n+@@ -1 +1 @@\n', '', '@@ -1 +0,0 @@\n-y\n'])
  })
})
