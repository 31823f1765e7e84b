import { expect, it } from 'vitest'
import { previewText } from './preview-text.ts'

const file = (path: string, state: 'added' | 'altered' | 'unchanged' | 'removed', patch: string | null = null) => ({
  path,
  content: 'abc',
  isBinary: false,
  state,
  patch,
})

it('shows what would be done: steps, effects, a tree with each folder once, and the differences', () => {
  const text = previewText({
    files: [file('src/a.ts', 'added'), file('src/b/c.ts', 'altered', '@@ -1 +1 @@\n-a\n+b\n'), file('README.md', 'unchanged'), file('old.txt', 'removed')],
    steps: [
      { id: 'fetch', name: 'Fetch', action: 'fetch:template', state: 'ran', log: ['one line'] },
      { id: 'docs', name: 'Docs', action: 'fetch:plain', state: 'skipped', log: [] },
    ],
    effects: [{ title: 'Commit 2 files to acme/orders (main)' }],
  })
  // oxlint-disable-next-line no-control-regex -- colours are not what is asked for
  expect(text.replaceAll(/\u001B\[[0-9;]*m/g, '')).toBe(
    [
      'Steps',
      '  Fetch fetch:template',
      '    one line',
      '  Docs fetch:plain, skipped',
      '',
      'Would be done',
      '  1. Commit 2 files to acme/orders (main)',
      '',
      'Files (4, 1 unchanged)',
      '  - old.txt removed',
      '    src/',
      '  +   a.ts 3 bytes',
      '      b/',
      '  ~     c.ts 3 bytes',
      '',
      '--- src/b/c.ts',
      '@@ -1 +1 @@',
      '-a',
      '+b',
    ].join('\n'),
  )
})
