import type { Route } from '#kernel/node/http'
import type { Complete } from '../completion.ts'
import type { RenderDeps } from '../creation-render.ts'
import type { TaskService } from '../tasks/task-service.ts'
import type { TaskStreamDeps } from '../tasks/task-stream.ts'
import { dryRunRoute } from './dry-run-route.ts'
import { taskRoutes } from './task-routes.ts'
import { templateRoutes } from './template-routes.ts'

export type BackstageScaffolderDeps = RenderDeps & TaskStreamDeps & { tasks: TaskService; complete: Complete }

/**
 * Backstage's scaffolder API (`@backstage/plugin-scaffolder-backend`, OpenAPI 3.1 in its package): its clients and its portal run templates here as there.
 */
export function backstageScaffolderRoutes(deps: BackstageScaffolderDeps): Route[] {
  return [...taskRoutes(deps), dryRunRoute(deps), ...templateRoutes(deps)]
}
