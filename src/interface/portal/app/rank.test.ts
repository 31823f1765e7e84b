import { describe, expect, test } from 'vitest'
import { rankCommands, type Command } from './rank.ts'

const command = (title: string, words = ''): Command => ({ id: title, title, keys: '', words, run: () => undefined })
const all = [command('Go to Home'), command('Go to Catalog'), command('orders', 'component'), command('Roll back orders', 'previous release')]

describe('rankCommands', () => {
  test.each([
    ['', ['Go to Home', 'Go to Catalog', 'orders', 'Roll back orders']],
    ['orders', ['orders', 'Roll back orders']],
    ['catalog', ['Go to Catalog']],
    ['back orders', ['Roll back orders']],
    ['component', ['orders']],
    ['gtcat', ['Go to Catalog']],
    ['zzz', []],
  ])('%s finds %j', (text, titles) => {
    expect(rankCommands(all, text).map((each) => each.title)).toEqual(titles)
  })

  test('no more than the limit', () => {
    expect(rankCommands(all, '', 2)).toHaveLength(2)
  })
})
