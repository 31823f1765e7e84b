import { z } from 'zod'
import { formatEntityRef, parseEntityRef } from '#platform/catalog'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { templateAction } from './template-action.ts'

export const approvalWait = templateAction({
  id: 'approval:wait',
  description: 'Waits until people agree; what comes after is not started before',
  input: z.looseObject({
    groups: z.array(z.string().min(1)).min(1).max(20).describe('Groups or users, any of whom may agree'),
    required: z.coerce.number().int().min(1).max(10).default(1).describe('How many must agree'),
    message: z.string().max(2_000).default('').describe('What they are asked'),
  }),
  output: z.object({ approvedBy: z.array(z.string()), reason: z.string() }),
  examples: [
    {
      description: 'Ask the platform team',
      example:
        'steps:\n  - id: agree\n    name: Platform team agrees\n    action: approval:wait\n    input:\n      groups: [platform]\n      required: 1\n      message: A new database for ${{ parameters.name }}\n',
    },
  ],
  run({ groups, required, message }, context) {
    const refs = groups.map((group) => refOf(group, 'group'))
    const effect = context.add({ kind: 'approval', groups: refs, required, message })
    return { approvedBy: effect.output('approvedBy'), reason: effect.output('reason') }
  },
})

export const notificationSend = templateAction({
  id: 'notification:send',
  description: 'Tells people something when the plan is carried out',
  input: z.looseObject({
    recipients: z.enum(['broadcast', 'entity']),
    entityRefs: z.array(z.string()).max(500).default([]),
    title: z.string().min(1).max(300),
    info: z.string().max(5_000).default(''),
    link: z.string().optional(),
    severity: z.enum(['low', 'normal', 'high', 'critical']).default('normal'),
    scope: z.string().optional(),
    optional: z.boolean().optional(),
  }),
  output: z.object({}),
  run({ recipients, entityRefs, title, info, link, severity }, context) {
    if (recipients === 'entity' && entityRefs.length === 0) throw scaffolderFaults.bad_path({ path: 'entityRefs', why: 'names nobody' })
    const refs = recipients === 'broadcast' ? [] : entityRefs.map((ref) => refOf(ref, 'user'))
    context.add({ kind: 'notify', recipients: refs, title, info, ...(link === undefined ? {} : { link }), severity })
    return {}
  },
})

function refOf(text: string, kind: string): string {
  const parts = parseEntityRef(text, { kind })
  if (!parts) throw scaffolderFaults.bad_path({ path: text, why: 'is no entity ref' })
  return formatEntityRef(parts)
}
