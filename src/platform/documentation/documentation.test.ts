import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { docsPlaceOf, pagesIn } from './docs-place.ts'
import { cleanPath, readMkdocs } from './mkdocs-file.ts'
import { homeOf, navigationOf, readingOrder } from './navigation.ts'
import { headingId, readPage } from './page-text.ts'
import { stalenessOf } from './staleness.ts'

describe('a mkdocs.yml', () => {
  it('gives title, folder and navigation, and passes over what would run something', () => {
    const text = `site_name: Orders
docs_dir: handbook
theme: {name: material}
markdown_extensions:
  - pymdownx.emoji:
      emoji_index: !!python/name:materialx.emoji.twemoji
hooks: [evil.py]
nav:
  - Start: index.md
  - guides/run.md
  - Reference:
      - API: reference/api.md
      - Wiki: https://wiki.example.com
`
    expect(readMkdocs('mkdocs.yml', text)).toEqual({
      siteName: 'Orders',
      docsDir: 'handbook',
      problems: [],
      nav: [
        { title: 'Start', path: 'index.md' },
        { path: 'guides/run.md' },
        {
          title: 'Reference',
          children: [
            { title: 'API', path: 'reference/api.md' },
            { title: 'Wiki', url: 'https://wiki.example.com' },
          ],
        },
      ],
    })
  })

  it('never leads out of the repository', () => {
    const read = readMkdocs('mkdocs.yml', 'docs_dir: ../../etc\nnav: [../../passwd, {A: /../x.md}, ok.md]')
    expect(read.docsDir).toBe('docs')
    expect(read.nav).toEqual([{ path: 'ok.md' }])
    expect(read.problems).toMatchObject([{ field: 'docs_dir' }])
  })

  it('names the line of what is no YAML, and throws for nothing', () => {
    expect(readMkdocs('mkdocs.yml', 'site_name: a\nnav: [\n').problems[0]?.line).toBeGreaterThanOrEqual(2)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => readMkdocs('x', text)).not.toThrow()
      }),
    )
  })
})

describe('a navigation', () => {
  const titles = new Map(Object.entries({ 'index.md': 'Home', 'b.md': 'B', 'guides/index.md': 'Guides', 'guides/a.md': 'A' }))

  it('without a declared one follows the folders, the index first', () => {
    const nav = navigationOf(undefined, titles)
    expect(nav).toEqual([
      { title: 'Home', path: 'index.md' },
      { title: 'B', path: 'b.md' },
      {
        title: 'Guides',
        children: [
          { title: 'Guides', path: 'guides/index.md' },
          { title: 'A', path: 'guides/a.md' },
        ],
      },
    ])
    expect(readingOrder(nav)).toEqual(['index.md', 'b.md', 'guides/index.md', 'guides/a.md'])
    expect(homeOf(nav, titles)).toBe('index.md')
  })

  it('leaves out declared pages that are not there, and sections that are empty then', () => {
    const nav = navigationOf([{ path: 'b.md' }, { title: 'Gone', path: 'gone.md' }, { title: 'Empty', children: [{ path: 'x.md' }] }], titles)
    expect(nav).toEqual([{ title: 'B', path: 'b.md' }])
  })

  it('of any files names each page once', () => {
    const path = fc.array(fc.constantFrom('a', 'b', 'index', 'c d'), { minLength: 1, maxLength: 4 }).map((parts) => `${parts.join('/')}.md`)
    fc.assert(
      fc.property(fc.uniqueArray(path), (paths) => {
        expect(readingOrder(navigationOf(undefined, new Map(paths.map((name) => [name, name])))).sort()).toEqual([...paths].sort())
      }),
    )
  })
})

describe('a page', () => {
  it('has a title, headings with the ids of MkDocs, and words without markup', () => {
    const page = readPage(
      'x.md',
      '---\ntitle: "Run it"\n---\n# Orders & *more*\n\nText with `code` and [a link](b.md).\n\n## Set-up\n\n## Set-up\n\n| a | b |\n|---|---|\n| cell | two |\n',
    )
    expect(page.title).toBe('Run it')
    expect(page.headings).toEqual([
      { level: 1, text: 'Orders & more', id: 'orders-more' },
      { level: 2, text: 'Set-up', id: 'set-up' },
      { level: 2, text: 'Set-up', id: 'set-up_1' },
    ])
    expect(page.body).toContain('Text with code and a link')
    expect(page.body).toContain('cell two')
  })

  it.each([
    ['getting-started.md', 'No heading', 'Getting started'],
    ['a/x.md', '# Title\n', 'Title'],
  ])('%s is called by its heading or its name', (path, text, title) => {
    expect(readPage(path, text).title).toBe(title)
  })

  it('is read whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        expect(() => readPage('x.md', text)).not.toThrow()
      }),
    )
  })

  it('makes ids of any heading', () => {
    expect(headingId('What’s new in 2.0?')).toBe('whats-new-in-20')
  })
})

describe('where documentation lies', () => {
  it.each([
    ['catalog-info.yaml', undefined, { root: '', isDeclared: false }],
    ['services/a/catalog-info.yaml', undefined, { root: 'services/a', isDeclared: false }],
    ['services/a/catalog-info.yaml', 'dir:.', { root: 'services/a', isDeclared: true }],
    ['services/a/catalog-info.yaml', 'dir:../b', { root: 'services/b', isDeclared: true }],
    ['catalog-info.yaml', 'dir:../..', undefined],
    ['catalog-info.yaml', 'url:https://x/y', undefined],
  ])('%s with %s', (descriptor, annotation, place) => {
    expect(docsPlaceOf(descriptor, annotation)).toEqual(place)
  })

  it('is the docs folder, or the README where there is none', () => {
    expect(pagesIn(['README.md', 'docs/index.md', 'docs/a/b.md', 'docs/x.png'], '', 'docs')).toEqual({ folder: 'docs', pages: ['index.md', 'a/b.md'] })
    expect(pagesIn(['readme.md', 'src/a.md'], '', 'docs')).toEqual({ folder: '', pages: ['readme.md'] })
    expect(pagesIn(['src/x.ts'], '', 'docs').pages).toEqual([])
  })

  it('never climbs', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('..', '.', 'a', '')), (parts) => {
        expect((cleanPath(parts.join('/')) ?? '').split('/')).not.toContain('..')
      }),
    )
  })
})

describe('staleness', () => {
  const now = new Date('2026-11-25T00:00:00Z')
  const ago = (days: number): Date => new Date(now.getTime() - days * 86_400_000)
  it.each([
    [ago(400), 0, 'fresh'],
    [ago(10), 100, 'fresh'],
    [ago(100), 3, 'ageing'],
    [ago(200), 3, 'ageing'],
    [ago(200), 30, 'stale'],
  ])('of %s with %d commits since is %s', (updatedAt, commitsSince, state) => {
    expect(stalenessOf({ updatedAt, commitsSince, now }).state).toBe(state)
  })
})
