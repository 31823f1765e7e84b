import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSource, problemText } from '#kernel/common/document'
import { createRouter, systemCaller } from '#kernel/node/http'
import { silentLogger } from '#kernel/node/log'
import { matchRecipe, readRecipe, recipeRoutes, type Recipe } from './index.ts'

const recipe = (name: string, where: Recipe['where'] = {}): Recipe => ({
  name,
  title: name,
  description: '',
  type: 'postgres',
  driver: 'postgres',
  where,
  parameters: {},
})
const shared = recipe('shared')
const production = recipe('production', { environment: ['production'] })
const early = recipe('early', { environment: ['dev', 'staging'] })
const big = recipe('big', { environment: ['production'], class: ['large'] })
const payments = recipe('payments', { team: ['group:default/payments'] })
const claim = { type: 'postgres', class: 'default', environment: 'production', component: 'orders' }

describe('matchRecipe', () => {
  it.each([
    { why: 'the only one fits', recipes: [shared], asked: claim, outcome: 'matched', winner: 'shared' },
    { why: 'the more specific wins', recipes: [shared, production], asked: claim, outcome: 'matched', winner: 'production' },
    { why: 'one of several values fits', recipes: [shared, early], asked: { ...claim, environment: 'staging' }, outcome: 'matched', winner: 'early' },
    { why: 'what does not fit never wins, however specific', recipes: [shared, big], asked: claim, outcome: 'matched', winner: 'shared' },
    { why: 'all criteria must fit', recipes: [production, big], asked: { ...claim, class: 'large' }, outcome: 'matched', winner: 'big' },
    { why: 'a component without a team is in none', recipes: [payments], asked: claim, outcome: 'none', winner: undefined },
    { why: 'a tie is an error', recipes: [production, payments], asked: { ...claim, team: 'group:default/payments' }, outcome: 'ambiguous', winner: undefined },
    { why: 'there is none of the type', recipes: [shared], asked: { ...claim, type: 'redis' }, outcome: 'none', winner: undefined },
  ])('$why: $outcome $winner', ({ recipes, asked, outcome, winner }) => {
    const match = matchRecipe(asked, recipes)
    expect(match.outcome).toBe(outcome)
    expect(match.outcome === 'matched' ? match.recipe.name : undefined).toBe(winner)
  })

  it('accounts for every recipe of the type, each with its reason', () => {
    expect(matchRecipe(claim, [shared, early, production]).candidates).toEqual([
      { recipe: 'early', specificity: 1, fits: false, reason: 'needs environment "dev" or "staging", not "production"' },
      { recipe: 'production', specificity: 1, fits: true, reason: 'names the most of those that fit' },
      { recipe: 'shared', specificity: 0, fits: true, reason: 'fits, but "production" names 1 more' },
    ])
  })

  it('does not depend on the order of recipes', () => {
    const all = [shared, production, early, big, payments]
    fc.assert(
      fc.property(fc.shuffledSubarray(all), fc.constantFrom('dev', 'production'), fc.constantFrom('default', 'large'), (some, environment, size) => {
        const asked = { ...claim, environment, class: size, team: 'group:default/payments' }
        expect(matchRecipe(asked, some)).toEqual(
          matchRecipe(
            asked,
            [...some].sort((a, b) => (a.name < b.name ? -1 : 1)),
          ),
        )
      }),
    )
  })

  it('says what there is when nothing provides the type', () => {
    expect(matchRecipe({ ...claim, type: 'redis' }, [shared])).toMatchObject({ message: 'nothing provides "redis" here; there are recipes for postgres' })
  })
})

describe('readRecipe', () => {
  const read = (text: string): ReturnType<typeof readRecipe> => {
    const [document] = parseSource('recipes/pg.yaml', text).documents
    if (!document) throw new Error('no document')
    return readRecipe(document)
  }
  const head = 'apiVersion: fairway.dev/v1\nkind: Recipe\nmetadata: { name: pg }\n'

  it('reads criteria as one value or several, and a team by any of its names', () => {
    const read1 = read(
      `${head}spec:\n  type: postgres\n  driver: postgres\n  where: { environment: [dev, staging], team: payments }\n  parameters: { connections: 5 }\n`,
    )
    expect(read1.recipe).toEqual({
      name: 'pg',
      title: 'pg',
      description: '',
      type: 'postgres',
      driver: 'postgres',
      where: { environment: ['dev', 'staging'], team: ['group:default/payments'] },
      parameters: { connections: 5 },
      costCentsPerMonth: undefined,
    })
  })

  it('names file, line and field of what is wrong', () => {
    const { problems } = read(`${head}spec:\n  type: postgres\n  where:\n    enviroment: dev\n`)
    expect(problems.map(problemText)).toEqual([
      'recipes/pg.yaml:4:1: spec.driver: give a text here',
      'recipes/pg.yaml:7:5: spec.where.enviroment: there is no such field here: leave it out, or look at its spelling',
    ])
  })
})

it('explains over the API', async () => {
  const routes = recipeRoutes({ recipes: async () => [shared, payments], ownerOf: async () => 'group:default/payments' })
  const router = createRouter(routes, { authenticate: async () => systemCaller, authorize: async () => ({ isAllowed: true, reason: '' }), log: silentLogger })
  const answer = await router(new Request('http://localhost/api/v1/recipes/explain?type=postgres&component=orders&environment=dev'))
  expect(await answer.json()).toMatchObject({
    outcome: 'matched',
    recipe: { name: 'payments', driver: 'postgres' },
    candidates: [{ recipe: 'payments' }, { recipe: 'shared' }],
  })
})
