import { z } from 'zod'

const name = z.string().min(1).max(100)
/** Input of the kind of change `deploy`. */
export const deployInputSchema = z.strictObject({
  component: name,
  environment: name,
  release: name.optional(),
  version: name.optional(),
  /** Always of the release; what a caller writes here is replaced. */
  commit: name.optional(),
  /** Promotion: the release that runs there. */
  from: name.optional(),
  /** Back to the release before. */
  rollback: z.boolean().optional(),
})

/** Which release goes where. What is left out is resolved when the change is made, and kept. */
export type DeployInput = z.infer<typeof deployInputSchema>
