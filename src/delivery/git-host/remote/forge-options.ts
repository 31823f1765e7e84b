import type { Clock } from '#kernel/common/clock'
import type { Secret } from '#kernel/common/secret'
import type { Egress } from '#kernel/node/egress'

/** What every adapter of a forge is made of. */
export interface ForgeOptions {
  /** Where people see it, without a slash at its end, e.g. `https://github.com`. */
  url: string
  /** Where its API is, when it is not where the product has it. */
  apiUrl?: string
  /** In messages, e.g. `github.com`. */
  host: string
  /** Path of the token's secret, in messages. */
  credential: string
  /** Asked for each call, so that a rotated token counts at once; undefined to come as nobody. */
  token: () => Promise<Secret | undefined>
  egress: Pick<Egress, 'fetch'>
  clock: Clock
  /** As the GitHost document has them. */
  organisations: readonly string[]
}
