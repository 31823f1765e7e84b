import { rawRoute, readBody, type Route } from '#kernel/node/http'
import { locationFaults } from './location-faults.ts'
import type { LocationService } from './location-service.ts'
import type { SourceHost } from './source-host.ts'

/** GitHub sends up to 25 MB; what tells of a push is far smaller than this. */
const MAX_BODY_BYTES = 5 * 1024 * 1024

/**
 * Where Git hosts tell of pushes. The signature is the permission: a host without a webhook secret is not listened to. What is told only makes locations due,
 * so that the same told twice, or late, does no harm.
 */
export function webhookRoutes(deps: { service: LocationService; hosts: () => Promise<readonly SourceHost[]> }): Route[] {
  return [
    rawRoute({
      method: 'POST',
      path: '/api/v1/webhooks/git/{host+}',
      operation: 'webhooks.git',
      summary: 'Be told of a push to a Git host',
      tag: 'catalog',
      permission: 'public',
      errors: [locationFaults.bad_signature],
      handle: async ({ params, request }) => {
        // GitHub and others send a name with a path as it was given to them: encoded once more, or not.
        const name = (params['host'] ?? '').replaceAll(/%2f/gi, '/')
        const host = (await deps.hosts()).find((candidate) => candidate.name === name && candidate.name !== '')
        const body = await readBody(request, MAX_BODY_BYTES)
        // An unknown host is answered as a wrong signature is: who asks learns nothing.
        if (!host?.readWebhook) throw locationFaults.bad_signature({ host: name.slice(0, 100) })
        const pushes = await host.readWebhook(request.headers, body)
        const count = await deps.service.onHostPushes(host.name, pushes)
        return Response.json({ locations: count }, { status: 202 })
      },
    }),
  ]
}
