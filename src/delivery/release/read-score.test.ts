import { describe, expect, it } from 'vitest'
import { readScore } from './read-score.ts'

describe('readScore', () => {
  it('reads one document', () => {
    expect(readScore('apiVersion: score.dev/v1b1\nmetadata:\n  name: orders\n').score).toEqual({ apiVersion: 'score.dev/v1b1', metadata: { name: 'orders' } })
  })

  it.each([
    ['', 'the file is empty', 1],
    ['- a\n', 'must be an object', 1],
    ['a: 1\n---\nb: 2\n', 'second document', 3],
    ['a: 1\nb: "x\n', 'quote', 3],
    ['a: 1\na: 2\n', 'unique', 2],
  ])('refuses %j with the place', (text, words, line) => {
    const { score, problems } = readScore(text)
    expect(score).toBeUndefined()
    expect(problems[0]).toMatchObject({ file: 'score.yaml', line })
    expect(problems[0]?.message).toContain(words)
  })
})
