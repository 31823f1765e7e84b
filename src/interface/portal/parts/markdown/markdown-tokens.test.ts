import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCharacterReferences } from './character-references.ts'
import { besidePath, linkTarget } from './link-target.ts'
import { headingIds, headingLevels, readMarkdown, walk, type AdmonitionToken } from './markdown-tokens.ts'

describe('readMarkdown', () => {
  test('an admonition takes its indented body, blank lines between included, and nothing after', () => {
    const tokens = readMarkdown('before\n\n!!! warning "Mind the gap"\n    First.\n\n    - second\n\nafter\n')
    const note = tokens.find((token) => token.type === 'admonition') as AdmonitionToken
    expect([note.look, note.title, note.fold]).toEqual(['warning', 'Mind the gap', 'none'])
    expect(note.tokens.map((token) => token.type).filter((type) => type !== 'space')).toEqual(['paragraph', 'list'])
    expect(tokens.at(-1)).toMatchObject({ type: 'paragraph', text: 'after' })
  })

  test.each([
    ['!!! note\n    a', 'Note', 'none'],
    ['??? tip "Folded"\n    a', 'Folded', 'closed'],
    ['???+ info\n    a', 'Info', 'open'],
    ['!!! note ""\n    a', '', 'none'],
    ['!!! note inline end "Side"\n    a', 'Side', 'none'],
  ])('%j', (text, title, fold) => {
    expect(readMarkdown(text)[0]).toMatchObject({ type: 'admonition', title, fold })
  })

  test('in a fence nothing is an admonition; front matter is left out', () => {
    expect(readMarkdown('---\ntitle: A\n---\n```\n!!! note\n    a\n```').map((token) => token.type)).toEqual(['code'])
  })

  test('any text ends', () => {
    const line = fc.constantFrom('# a', 'b', '- [x] c', '1. d', '```', '', '!!! note', '    x', '??? y "z"', '| a |', '|---|', '> [!NOTE]', '<b>')
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        expect([...walk(readMarkdown(lines.join('\n')))]).toBeDefined()
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(readMarkdown(text)).toBeDefined()
      }),
    )
  })
})

test('headings have the ids that the server gives them', () => {
  const tokens = readMarkdown('# Orders & *more*\n\n## Set-up\n\n> ## Set-up\n\n!!! note\n    ## Set-up\n\n## Set-up\n')
  expect([...headingIds(tokens).values()]).toEqual(['orders-more', 'set-up', 'set-up_1', 'set-up_2'])
})

test.each([
  [[1, 2, 4, 2], 3, [3, 4, 5, 4]],
  [[2, 2, 3], 2, [2, 2, 3]],
  [[4, 1], 2, [2, 2]],
  [[], 2, []],
])('headings of depths %j below h%i leave no gap', (depths, base, levels) => {
  expect(headingLevels(depths, base)).toEqual(levels)
})

describe('linkTarget', () => {
  test.each([
    ['https://a.example/x', { kind: 'web', href: 'https://a.example/x' }],
    ['mailto:a@b.example', { kind: 'web', href: 'mailto:a@b.example' }],
    ['#set-up', { kind: 'here', id: 'set-up' }],
    ['../a%20b.md?x#y', { kind: 'beside', path: '../a b.md', hash: 'y' }],
    ['javascript:alert(1)', { kind: 'none' }],
    [' JavaScript:alert(1)', { kind: 'none' }],
    ['java\tscript:alert(1)', { kind: 'none' }],
    ['data:text/html,x', { kind: 'none' }],
    ['//evil.example/x', { kind: 'none' }],
    ['\\\\evil.example', { kind: 'none' }],
    ['', { kind: 'none' }],
  ])('%j', (href, target) => {
    expect(linkTarget(href)).toEqual(target)
  })

  test.each([
    ['guides/b.md', '../a.md', 'a.md'],
    ['guides/b.md', 'c/', 'guides/c/'],
    ['guides/b.md', '/x.png', 'x.png'],
    ['index.md', './img/a.png', 'img/a.png'],
    ['index.md', '../../etc', undefined],
  ])('in %s, %s is %s', (from, path, found) => {
    expect(besidePath(from, path)).toBe(found)
  })

  test('no path leads out', () => {
    const part = fc.constantFrom('..', '.', 'a', '', 'b.md')
    fc.assert(
      fc.property(fc.array(part), fc.array(part), (from, path) => {
        expect(besidePath(from.filter((each) => each !== '..').join('/'), path.join('/'))?.split('/') ?? []).not.toContain('..')
      }),
    )
  })
})

test('character references are read, unknown ones stay', () => {
  expect(readCharacterReferences('&copy; &#65;&#x42; &amp;amp; &nosuch; &#0; &#xD800;')).toBe('© AB &amp; &nosuch; &#0; &#xD800;')
})
