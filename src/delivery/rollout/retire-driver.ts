import { z } from 'zod'
import type { Driver } from '#kernel/common/driver'
import { workloadKey, type Runtime, type WorkloadRef } from '#runtime/runtime'
import { parseInput, plannedAction } from './driver-input.ts'
import type { TrafficRoutes } from './traffic-driver.ts'
import { workloadTarget } from './workload-target.ts'

const inputSchema = z.strictObject({ component: z.string().min(1), environment: z.string().min(1), release: z.string().min(1) })

/**
 * Driver `retire`: a release's workload is stopped, after its requests have ended or its grace has. Input `{ component, environment, release }`, target
 * `orders/production/rel_01k…`. A release that hosts still lead to is refused. `observe` says whether it still runs.
 */
export function retireDriver(deps: { runtime: Runtime; routes: Pick<TrafficRoutes, 'listRoutes'> }): Driver {
  const { runtime, routes } = deps
  const servedHosts = ({ component, environment, release }: WorkloadRef): string[] =>
    routes
      .listRoutes({ component, environment })
      .filter((route) => route.backends.some((backend) => backend.release === release && backend.weight > 0))
      .map((route) => route.host)
  return {
    name: 'retire',
    plan: async (request) => {
      const ref = parseInput('retire', inputSchema, request.desired)
      const status = await runtime.status(ref)
      const isGone = status.state === 'absent' || status.state === 'stopped'
      const what = `${ref.component} ${status.version === '' ? ref.release : `v${status.version}`} in ${ref.environment}`
      return plannedAction('retire', request, {
        verb: isGone ? 'none' : 'destroy',
        title: isGone ? `${what} does not run` : `Stop ${what}`,
        concern: 'capacity',
      })
    },
    apply: async (action, context) => {
      const ref = parseInput('retire', inputSchema, action.input)
      const hosts = servedHosts(ref)
      if (hosts.length > 0)
        return {
          outcome: 'refused',
          reason: 'in_traffic',
          message: `${workloadKey(ref)} was not stopped: ${hosts.join(', ')} still ${hosts.length === 1 ? 'leads' : 'lead'} to it`,
        }
      context.progress({ message: 'waiting for its last requests' })
      await runtime.stop(ref)
      return { outcome: 'done', message: 'stopped', outputs: { ...ref } }
    },
    ...workloadTarget(runtime),
  }
}
