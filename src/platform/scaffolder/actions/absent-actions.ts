import { z } from 'zod'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import type { HostType } from './effect.ts'
import { HOST_TITLES, todoFor } from './places.ts'
import { templateAction, type TemplateAction } from './template-action.ts'

/** Actions of hosts that Fairway can not write to: they are known, so that a template that has one is refused with what to do before anything starts. */
const ABSENT: readonly [id: string, type: HostType][] = [
  ['publish:bitbucket', 'bitbucketCloud'],
  ['publish:bitbucketCloud', 'bitbucketCloud'],
  ['publish:bitbucketCloud:pull-request', 'bitbucketCloud'],
  ['bitbucket:pipelines:run', 'bitbucketCloud'],
  ['bitbucketCloud:branchRestriction:create', 'bitbucketCloud'],
  ['publish:bitbucketServer', 'bitbucketServer'],
  ['publish:bitbucketServer:pull-request', 'bitbucketServer'],
  ['publish:gerrit', 'gerrit'],
  ['publish:gerrit:review', 'gerrit'],
]

export const absentActions: readonly TemplateAction[] = ABSENT.map(([id, type]) =>
  templateAction({
    id,
    description: `Needs ${HOST_TITLES[type]}, which Fairway can not write to: a template with it is refused before anything starts`,
    input: z.looseObject({}),
    host: type,
    run(): never {
      throw scaffolderFaults.host_missing({ action: id, what: HOST_TITLES[type], todo: todoFor(type) })
    },
  }),
)
