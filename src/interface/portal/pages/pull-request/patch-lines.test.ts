import { describe, expect, it } from 'vitest'
import { patchCounts, patchLines } from './patch-lines.ts'

const patch = [
  '@@ -3,3 +3,4 @@ function total() {',
  ' same',
  '-old',
  '+new',
  '+ more',
  ' end',
  '@@ -20 +21 @@',
  '---flag',
  '\\ No newline at end of file',
  '',
].join('\n')

describe('patchLines', () => {
  it('numbers the lines of both sides', () => {
    expect(patchLines(patch).map(({ kind, text, old, now }) => [kind, text, old, now])).toEqual([
      ['hunk', '@@ -3,3 +3,4 @@ function total() {', null, null],
      ['same', 'same', 3, 3],
      ['removed', 'old', 4, null],
      ['added', 'new', null, 4],
      ['added', ' more', null, 5],
      ['same', 'end', 5, 6],
      ['hunk', '@@ -20 +21 @@', null, null],
      ['removed', '--flag', 20, null],
      ['note', 'No newline at end of file', null, null],
    ])
  })

  it('counts what is added and removed, and nothing where there is no patch', () => {
    expect(patchCounts(patch)).toEqual({ added: 2, removed: 2 })
    expect(patchCounts('')).toEqual({ added: 0, removed: 0 })
    expect(patchCounts(null)).toEqual({ added: 0, removed: 0 })
  })
})
