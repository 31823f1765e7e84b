import { z } from 'zod'
import { jsonRoute, type Route } from '#kernel/node/http'
import { matchRecipe } from './match-recipe.ts'
import type { Recipe } from './recipe.ts'

export interface RecipeDeps {
  /** All recipes; the catalog implements it. */
  recipes: () => Promise<readonly Recipe[]>
  /** Group ref that owns a component; undefined when there is no such component. */
  ownerOf: (component: string) => Promise<string | undefined>
}

export function recipeRoutes(deps: RecipeDeps): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/recipes/explain',
      operation: 'recipes.explain',
      summary: 'Say which recipe would provide a resource, and why',
      tag: 'provisioning',
      permission: 'resource:read',
      query: z.object({
        type: z.string().min(1).max(100),
        component: z.string().min(1).max(100),
        environment: z.string().min(1).max(100),
        class: z.string().min(1).max(100).default('default'),
      }),
      response: z.object({
        outcome: z.enum(['matched', 'none', 'ambiguous']),
        recipe: z.object({ name: z.string(), title: z.string(), description: z.string(), driver: z.string() }).optional(),
        message: z.string().optional(),
        candidates: z.array(z.object({ recipe: z.string(), specificity: z.int(), fits: z.boolean(), reason: z.string() })),
      }),
      handle: async ({ query }) => {
        const match = matchRecipe({ ...query, team: await deps.ownerOf(query.component) }, await deps.recipes())
        if (match.outcome !== 'matched') return match
        const { name, title, description, driver } = match.recipe
        return { outcome: match.outcome, recipe: { name, title, description, driver }, candidates: match.candidates }
      },
    }),
  ]
}
