import { sql } from 'kysely'
import type { Database } from '#kernel/node/database'
import { changeFaults } from './change-faults.ts'
import { WORKFLOW_SCHEMA } from './change-store.ts'

/** An unfinished change whose workflow has ended, or is not there. */
export interface StrandedChange {
  id: string
  workflow: string
}

/** Lists unfinished changes that no workflow will ever end. There should be none; each is a fault of ours. */
export async function listStranded(db: Database): Promise<StrandedChange[]> {
  const { rows } = await sql<StrandedChange>`select change.id, coalesce(workflow.status, 'absent') as workflow
    from change left join ${sql.table(`${WORKFLOW_SCHEMA}.workflow_status`)} as workflow on workflow.workflow_uuid = change.id
    where change.finished_at is null and (workflow.status is null or workflow.status not in ('PENDING', 'ENQUEUED', 'DELAYED'))
    order by change.id limit 100`.execute(db)
  return rows
}

export function strandedResult(stranded: StrandedChange): { message: string; code: string } {
  const { message, code } = changeFaults.stranded({ what: `the workflow is ${stranded.workflow}` })
  return { message, code }
}
