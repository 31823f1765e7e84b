import type { Clock } from '#kernel/common/clock'
import type { Driver } from '#kernel/common/driver'
import type { Database } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { Logger } from '#kernel/node/log'
import type { ChangeKinds, ChangeSubject, DraftPlan, PolicyVerdict } from './change.ts'

/** What a policy may know besides the plan. */
interface PolicyQuestion extends ChangeSubject {
  kind: string
  requestedBy: string
  reason: string | null
}

/** Judges plans; `platform/policy` implements it. Answers in a fixed order; an expression that errors is a denial. */
export interface PolicyCheck {
  evaluate(plan: DraftPlan, question: PolicyQuestion): Promise<PolicyVerdict[]>
}

/** Drivers by name. */
export type Drivers = Readonly<Record<string, Driver>>

export interface ChangeDeps {
  db: Database
  journal: Journal
  clock: Clock
  log: Logger
  kinds: ChangeKinds
  drivers: Drivers
  policies: PolicyCheck
  /** Called at named points of a change; a chaos test kills the process there. */
  chaosPoint?: ((name: string) => void | Promise<void>) | undefined
}
