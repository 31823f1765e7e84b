export { backstageScaffolderRoutes } from './backstage-routes.ts'
