import { describe, expect, test } from 'vitest'
import { facetQuestions } from './facet-counts.ts'

describe('what is asked for the facets', () => {
  test('two questions while nothing is chosen: the long ones apart', () => {
    expect(facetQuestions({ q: 'pay' }, undefined)).toEqual([
      {
        filter: { q: 'pay' },
        fields: ['kind', 'spec.type', 'spec.lifecycle', 'metadata.tags', 'status.items.level', 'metadata.annotations.backstage.io/orphan'],
      },
      { filter: { q: 'pay' }, fields: ['relations.ownedBy', 'relations.partOf'] },
    ])
  })

  test('a facet that is chosen from is counted without its own choice', () => {
    const questions = facetQuestions({ kind: 'api' }, undefined)
    expect(questions.find(({ fields }) => fields.includes('kind'))?.filter).toEqual({})
    expect(questions.find(({ fields }) => fields.includes('spec.type'))?.filter).toEqual({ kind: ['api'] })
    expect(questions).toHaveLength(3)
  })

  test('problems are counted as if all were shown', () => {
    const questions = facetQuestions({ show: 'problems' }, undefined)
    expect(questions.find(({ fields }) => fields.includes('status.items.level'))?.filter).toEqual({})
    expect(questions.find(({ fields }) => fields.includes('kind'))?.filter).toEqual({ filter: ['status.items.level'] })
  })
})
