import type { Driver } from '#kernel/common/driver'
import { parseWorkloadKey, type Runtime } from '#runtime/runtime'
import { toJson } from './driver-input.ts'

/** How drivers whose target is a workload, e.g. `orders/production/rel_01k…`, see and remove it: one that does not run is as good as absent. */
export function workloadTarget(runtime: Runtime): Pick<Driver, 'observe' | 'remove'> {
  return {
    observe: async (target) => {
      const ref = parseWorkloadKey(target)
      const status = ref && (await runtime.status(ref))
      if (!status || status.state === 'absent' || status.state === 'stopped') return { exists: false, fingerprint: '', state: {} }
      return { exists: true, fingerprint: status.fingerprint, state: toJson(status) }
    },
    remove: async (target) => {
      const ref = parseWorkloadKey(target)
      if (ref) await runtime.stop(ref)
    },
  }
}
