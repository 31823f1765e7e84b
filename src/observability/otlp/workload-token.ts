import { createHmac, timingSafeEqual } from 'node:crypto'
import { Secret } from '#kernel/common/secret'
import type { WorkloadIdentity } from './otlp-source.ts'

/** Header that carries a workload's token: `OTEL_EXPORTER_OTLP_HEADERS=x-fairway-workload=fwt_…`. */
export const WORKLOAD_HEADER = 'x-fairway-workload'

/** Makes and checks the tokens by which workloads send telemetry. */
export interface WorkloadTokens {
  /** The token of one release of a component in an environment. It only lets its holder send telemetry, and only in its own name. */
  issue(identity: WorkloadIdentity): Secret
  /** Who holds `token`; undefined for a token that we did not issue. */
  identify(token: string): WorkloadIdentity | undefined
}

/** Tokens that need no store: the identity, signed with `key` (HMAC-SHA-256). They end with the key. */
export function createWorkloadTokens(key: Secret): WorkloadTokens {
  const sign = (payload: string): Buffer => createHmac('sha256', key.reveal()).update(`fairway workload token\n${payload}`).digest()
  return {
    issue: ({ component, environment, release, version }) => {
      const payload = Buffer.from(JSON.stringify([component, environment, release, version])).toString('base64url')
      return new Secret(`fwt_${payload}.${sign(payload).toString('base64url')}`)
    },
    identify: (token) => {
      const match = /^fwt_([\w-]{1,1000})\.([\w-]{43})$/.exec(token)
      const [, payload = '', signature = ''] = match ?? []
      if (!match || !timingSafeEqual(sign(payload), Buffer.from(signature, 'base64url'))) return undefined
      const [component = '', environment = '', release = '', version = ''] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as string[]
      return { component, environment, release, version }
    },
  }
}
