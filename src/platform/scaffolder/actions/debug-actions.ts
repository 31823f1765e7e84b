import { z } from 'zod'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { secretText } from './inputs.ts'
import { templateAction } from './template-action.ts'

export const debugLog = templateAction({
  id: 'debug:log',
  description: 'Writes a message to the log of the plan',
  isInert: true,
  secrets: ['message', 'extra'],
  input: z.looseObject({
    message: z.union([z.number(), z.boolean(), secretText]).optional().describe('What to write; secrets are shown as ***'),
    listWorkspace: z
      .union([z.boolean(), z.enum(['with-filenames', 'with-contents'])])
      .optional()
      .describe('Whether to write the names of the files so far'),
    extra: z.unknown().optional(),
  }),
  output: z.object({}),
  examples: [
    {
      description: 'Write a message',
      example: 'steps:\n  - id: log\n    name: Log\n    action: debug:log\n    input:\n      message: Hello ${{ parameters.name }}\n',
    },
  ],
  run({ message, listWorkspace }, { workspace, log }) {
    if (message !== undefined)
      log(typeof message === 'object' ? message.$secret.map((part) => (typeof part === 'string' ? part : '***')).join('') : String(message))
    // Names only: contents may hold what a log must not.
    if (listWorkspace)
      log(
        `Workspace: ${workspace
          .below('')
          .map(({ path }) => path)
          .join(', ')}`,
      )
    return {}
  },
})

/** Ten minutes, as Backstage has it. */
const MAX_WAIT_MS = 600_000

export const debugWait = templateAction({
  id: 'debug:wait',
  description: 'Waits when the plan is carried out, ten minutes at most',
  input: z.looseObject({
    minutes: z.coerce.number().min(0).optional(),
    seconds: z.coerce.number().min(0).optional(),
    milliseconds: z.coerce.number().min(0).optional(),
  }),
  output: z.object({}),
  run({ minutes = 0, seconds = 0, milliseconds = 0 }, context) {
    const durationMs = Math.round(minutes * 60_000 + seconds * 1_000 + milliseconds)
    if (durationMs > MAX_WAIT_MS)
      throw scaffolderFaults.bad_path({ path: `${durationMs} ms`, why: `is too long a wait; ${MAX_WAIT_MS / 60_000} minutes is the limit` })
    context.add({ kind: 'wait', durationMs: durationMs === 0 ? 1_000 : durationMs })
    return {}
  },
})
