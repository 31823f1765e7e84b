import { describe, expect, test } from 'vitest'
import type { LogLine } from '../../api/shapes.ts'
import { findLines, groupsAround, visibleRows } from './log-rows.ts'

const line = (n: number, text: string, group?: 'start' | 'end'): LogLine => ({ n, at: '', text, ...(group === undefined ? {} : { group }) })
const lines = [
  line(1, 'before'),
  line(2, 'Install', 'start'),
  line(3, 'npm ci'),
  line(4, 'Inner', 'start'),
  line(5, '\u001b[31mdeep\u001b[0m Error'),
  line(6, '', 'end'),
  line(7, '', 'end'),
  line(8, 'after'),
]
const shown = (folded: number[]) =>
  visibleRows(lines, new Set(folded)).map((row) => `${' '.repeat(row.depth)}${row.line.n}${row.isFolded ? `+${row.hidden}` : ''}`)

describe('folded groups', () => {
  test('open, all lines but the ends are there, indented', () => {
    expect(shown([])).toEqual(['1', '2', ' 3', ' 4', '  5', '8'])
  })

  test('folded, a group is its first line and how many it hides', () => {
    expect(shown([2])).toEqual(['1', '2+3', '8'])
    expect(shown([4])).toEqual(['1', '2', ' 3', ' 4+1', '8'])
  })

  test('a group that never ends folds to the end; a stray end does no harm', () => {
    expect(visibleRows([line(1, 'x', 'end'), line(2, 'g', 'start'), line(3, 'a')], new Set([2])).map((row) => row.line.n)).toEqual([2])
  })

  test('search sees through colours and case; the groups around a hit are known', () => {
    expect(findLines(lines, 'DEEP error')).toEqual([5])
    expect(findLines(lines, '')).toEqual([])
    expect(groupsAround(lines, 5)).toEqual([2, 4])
    expect(groupsAround(lines, 6)).toEqual([2, 4])
    expect(groupsAround(lines, 8)).toEqual([])
  })
})
