import { z } from 'zod'
import { jsonRoute, type Route } from '#kernel/node/http'
import { awsRegions } from './aws-regions.ts'
import { azureRegions } from './azure-regions.ts'
import { gcpRegions } from './gcp-regions.ts'
import type { Region } from './region.ts'

/**
 * Every region of the providers that we know. The local machine's is an account's own matter.
 * The tables were written down from knowledge of the providers' lists, not generated from them: check names, zones and completeness before relying on one.
 */
export const REGIONS: readonly Region[] = [...awsRegions, ...azureRegions, ...gcpRegions]

/** The region with this provider and name; undefined when there is none. */
export function findRegion(provider: string, name: string): Region | undefined {
  return REGIONS.find((region) => region.provider === provider && region.name === name)
}

export function regionRoutes(): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/cloud/regions',
      operation: 'regions.list',
      summary: 'List the regions of cloud providers',
      tag: 'cloud',
      permission: 'cloud:read',
      query: z.object({ provider: z.enum(['aws', 'azure', 'gcp']).optional() }),
      response: z.object({
        items: z.array(
          z.object({
            provider: z.enum(['aws', 'azure', 'gcp', 'local']),
            name: z.string(),
            title: z.string(),
            place: z.string(),
            country: z.string(),
            jurisdiction: z.string(),
            latitude: z.number(),
            longitude: z.number(),
            zones: z.int(),
          }),
        ),
        nextCursor: z.null(),
      }),
      handle: ({ query }) => ({ items: REGIONS.filter((region) => query.provider === undefined || region.provider === query.provider), nextCursor: null }),
    }),
  ]
}
