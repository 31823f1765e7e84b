import { describe, expect, it } from 'vitest'
import type { TreeEntry } from '../../api/repository-queries.ts'
import { baseName, crumbs, inOrder, readmeOf } from './folder-entries.ts'

const entry = (path: string, type: TreeEntry['type'] = 'file'): TreeEntry => ({ path, type, mode: '100644', sha: '', sizeBytes: 1 })

describe('a folder', () => {
  it('shows folders before files, each by name', () => {
    const entries = [entry('src/b.ts'), entry('src/z', 'folder'), entry('src/a.ts'), entry('src/c', 'folder')]
    expect(inOrder(entries).map((each) => each.path)).toEqual(['src/c', 'src/z', 'src/a.ts', 'src/b.ts'])
  })

  it('has its README found however it is spelled, and never a folder for it', () => {
    expect(readmeOf([entry('docs/readme.md', 'folder'), entry('docs/Readme.MD')])?.path).toBe('docs/Readme.MD')
    expect(readmeOf([entry('README.md.bak')])).toBeUndefined()
  })

  it('is told as steps from the root', () => {
    expect(crumbs('src/api/a.ts').map((step) => step.path)).toEqual(['src', 'src/api', 'src/api/a.ts'])
    expect(crumbs('')).toEqual([])
    expect(baseName('src/api/a.ts')).toBe('a.ts')
  })
})
