export * from './account.ts'
export { accountRoutes } from './account-routes.ts'
