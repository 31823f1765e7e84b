import type { Claim, Recipe } from './recipe.ts'

/** A recipe of the claimed type, and in the reader's words why it won, lost, or never applied. */
interface Candidate {
  recipe: string
  /** Criteria that it names; the one with the most, all of them true, wins. */
  specificity: number
  fits: boolean
  reason: string
}

export type RecipeMatch =
  | { outcome: 'matched'; recipe: Recipe; candidates: Candidate[] }
  | { outcome: 'none' | 'ambiguous'; message: string; candidates: Candidate[] }

/**
 * Chooses how a claim is provided: by the recipe with the most criteria, all of them true. Two that fit equally well are a mistake of the
 * platform team, never a coin toss. The answer accounts for every recipe of the type, so it is its own explanation.
 */
export function matchRecipe(claim: Claim, recipes: readonly Recipe[]): RecipeMatch {
  const judged = recipes
    .filter((recipe) => recipe.type === claim.type)
    .map((recipe) => ({ recipe, specificity: Object.keys(recipe.where).length, misses: missesOf(claim, recipe) }))
    .sort((a, b) => b.specificity - a.specificity || (a.recipe.name < b.recipe.name ? -1 : 1))
  const fitting = judged.filter(({ misses }) => misses.length === 0)
  const winners = fitting.filter(({ specificity }) => specificity === fitting[0]?.specificity)
  const winner = winners[0]

  const candidates = judged.map(({ recipe, specificity, misses }): Candidate => {
    const base = { recipe: recipe.name, specificity, fits: misses.length === 0 }
    if (misses.length > 0) return { ...base, reason: `needs ${misses.join(' and ')}` }
    if (winner && specificity < winner.specificity)
      return { ...base, reason: `fits, but "${winner.recipe.name}" names ${winner.specificity - specificity} more` }
    return { ...base, reason: winners.length > 1 ? 'fits as well as another' : 'names the most of those that fit' }
  })

  if (winner && winners.length === 1) return { outcome: 'matched', recipe: winner.recipe, candidates }
  if (winner) {
    const names = winners.map(({ recipe }) => `"${recipe.name}"`).join(' and ')
    return {
      outcome: 'ambiguous',
      message: `${names} fit "${claim.type}" in ${claim.environment} equally well: give one of them another criterion`,
      candidates,
    }
  }
  return { outcome: 'none', message: noneMessage(claim, recipes, candidates.length), candidates }
}

function noneMessage(claim: Claim, recipes: readonly Recipe[], ofTypeCount: number): string {
  if (ofTypeCount > 0) return `no recipe for "${claim.type}" fits ${claim.component} in ${claim.environment} with class "${claim.class}"`
  const types = [...new Set(recipes.map((recipe) => recipe.type))].sort()
  return `nothing provides "${claim.type}" here; there are recipes for ${types.join(', ') || 'nothing yet'}`
}

function missesOf(claim: Claim, recipe: Recipe): string[] {
  return Object.entries(recipe.where).flatMap(([key, wanted]) => {
    const actual = claim[key as keyof Recipe['where']]
    return actual !== undefined && wanted.includes(actual)
      ? []
      : [`${key} ${wanted.map((value) => `"${value}"`).join(' or ')}, not ${actual === undefined ? 'none' : `"${actual}"`}`]
  })
}
