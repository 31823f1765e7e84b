import type { z } from 'zod'
import { foreignHostFaults } from './foreign-host-faults.ts'

/** The body of a webhook, checked. @throws `delivery.foreign_host.bad_webhook`. */
export function readWebhook<T>(host: string, body: Uint8Array, schema: z.ZodType<T>): T {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'))
  } catch (error) {
    throw foreignHostFaults.bad_webhook({ host, what: 'it is no JSON' }, { cause: error })
  }
  const checked = schema.safeParse(value)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  throw foreignHostFaults.bad_webhook({ host, what: `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() })
}
