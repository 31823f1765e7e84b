export * from './match-recipe.ts'
export * from './recipe-routes.ts'
export * from './recipe.ts'
