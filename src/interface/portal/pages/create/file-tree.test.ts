import { expect, test } from 'vitest'
import { fileTree } from './file-tree.ts'

test('folders come before files, each in order, indented by depth', () => {
  expect(
    fileTree(['src/server.ts', 'README.md', '.github/workflows/ci.yml', 'src/db/pool.ts']).map(
      (line) => `${' '.repeat(line.depth)}${line.name}${line.kind === 'folder' ? '/' : ''}`,
    ),
  ).toEqual(['.github/', ' workflows/', '  ci.yml', 'src/', ' db/', '  pool.ts', ' server.ts', 'README.md'])
})

test('no files, no lines', () => {
  expect(fileTree([])).toEqual([])
})
