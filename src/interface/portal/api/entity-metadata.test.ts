import { expect, test } from 'vitest'
import { annotationsOf, labelsOf, linksOf, tagsOf } from './entity-metadata.ts'

const entity = (metadata: Record<string, unknown>) => ({ apiVersion: 'v1', kind: 'Component', metadata: { name: 'orders', ...metadata } })

test('members of the metadata are read when they have their shape', () => {
  const given = entity({ tags: ['node', 7], labels: { tier: '1', odd: 1 }, annotations: { a: 'b' } })
  expect([tagsOf(given), labelsOf(given), annotationsOf(given)]).toEqual([['node'], { tier: '1' }, { a: 'b' }])
})

test('what is not there, or is something else, reads as nothing', () => {
  for (const given of [entity({}), entity({ tags: 'node', labels: null, annotations: 3, links: {} })])
    expect([tagsOf(given), labelsOf(given), annotationsOf(given), linksOf(given)]).toEqual([[], {}, {}, []])
})

test('only links to web pages are links', () => {
  const links = [{ url: 'https://wiki.example' }, { url: 'http://a.example', title: 'A' }, { url: 'javascript:alert(1)', title: 'B' }, { title: 'C' }, null]
  expect(linksOf(entity({ links }))).toEqual([
    { url: 'https://wiki.example', title: 'https://wiki.example' },
    { url: 'http://a.example', title: 'A' },
  ])
})
