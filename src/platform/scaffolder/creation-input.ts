import { z } from 'zod'
import type { JsonObject } from '#kernel/common/json'

/** What is kept of a request: the commit pins the template, so that what is approved is what is made. */
export interface CreationInput {
  template: string
  values: JsonObject
  templateCommit?: string | undefined
  /** `metadata.annotations['fairway.dev/version']` of the template, or its short commit. */
  templateVersion?: string | undefined
  /** Where the template came from, e.g. `github.com/acme/templates`. */
  templateSource?: string | undefined
  title?: string | undefined
  component?: string | undefined
  /** The task that this is an attempt of; a new one unless told. Only its own creator may go on with it. */
  taskId?: string | undefined
  /** `undo` takes back what the earlier attempts of the task have made and is still ours. */
  purpose?: 'create' | 'undo' | undefined
  /**
   * What happens with what was made when a step fails: `undo` (the default) leaves nothing half made, `keep` leaves it for a retry.
   */
  onFailure?: 'undo' | 'keep' | undefined
  /** Asked in Backstage's dialect: defaults are the form's business, and a failing step is a failed task rather than a refused request. */
  dialect?: 'backstage' | undefined
  /** Who started the task, when an administrator goes on with it: templates see this person. Set by the platform alone. */
  onBehalfOf?: string | undefined
  /** Where the sealed secrets lie, and their names. Their values are nowhere in a change. */
  secretsId?: string | undefined
  secrets?: string[] | undefined
  /** Revisions of what was fetched from elsewhere when it was first rendered. */
  pins?: Record<string, string> | undefined
}

export const creationInput: z.ZodType<CreationInput> = z.strictObject({
  template: z.string().min(1).max(200),
  values: z.record(z.string(), z.json()),
  templateCommit: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/)
    .optional(),
  templateVersion: z.string().max(100).optional(),
  templateSource: z.string().max(2_000).optional(),
  title: z.string().optional(),
  component: z.string().optional(),
  // Never the id of a change: effects of creations that had no task yet are kept by that.
  taskId: z.uuid().optional(),
  purpose: z.enum(['create', 'undo']).optional(),
  onFailure: z.enum(['undo', 'keep']).optional(),
  dialect: z.literal('backstage').optional(),
  onBehalfOf: z.string().max(300).optional(),
  secretsId: z.string().max(64).optional(),
  secrets: z.array(z.string().max(200)).max(100).optional(),
  pins: z.record(z.string(), z.string()).optional(),
}) as unknown as z.ZodType<CreationInput>
