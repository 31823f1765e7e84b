import type { ColumnType, Selectable, Kysely } from 'kysely'
import type { Queryable, Transaction } from '#kernel/node/database'
import type { WorkloadSpec } from '#runtime/runtime'

interface DeploymentTable {
  component: string
  environment: string
  release: string
  version: string
  digest: string
  commit: string
  spec: ColumnType<WorkloadSpec, string, string>
  previous_release: string | null
  change_id: string
  deployed_at: Date
  deployed_by: string
}

type HistoryTable = Omit<DeploymentTable, 'digest' | 'commit' | 'previous_release'>
type DeploymentTables = { deployment: DeploymentTable; deployment_history: HistoryTable }

/** What runs in one place. */
export interface Deployment {
  component: string
  environment: string
  release: string
  version: string
  digest: string
  commit: string
  spec: WorkloadSpec
  /** The release that a rollback goes back to. */
  previousRelease: string | null
  changeId: string
  deployedAt: Date
  deployedBy: string
}

const tables = (db: Queryable): Kysely<DeploymentTables> => db.withTables<DeploymentTables>()

export async function findDeployment(db: Queryable, component: string, environment: string): Promise<Deployment | undefined> {
  const row = await tables(db).selectFrom('deployment').selectAll().where('component', '=', component).where('environment', '=', environment).executeTakeFirst()
  return row && toDeployment(row)
}

/** Everything that is deployed, by component and environment. @param limit at most so many rows. */
export async function listDeployments(db: Queryable, limit: number): Promise<Deployment[]> {
  const rows = await tables(db).selectFrom('deployment').selectAll().orderBy('component').orderBy('environment').limit(limit).execute()
  return rows.map(toDeployment)
}

/**
 * Records that a release now runs in its place. The release before becomes the one to roll back to; after a rollback it is the one that ran
 * before the release that was gone back to.
 */
export async function recordDeployment(tx: Transaction, next: Omit<Deployment, 'previousRelease'>, isRollback: boolean): Promise<void> {
  const current = await findDeployment(tx, next.component, next.environment)
  const previous = isRollback
    ? await releaseBefore(tx, next)
    : current === undefined || current.release === next.release
      ? (current?.previousRelease ?? null)
      : current.release
  const row = {
    component: next.component,
    environment: next.environment,
    release: next.release,
    version: next.version,
    spec: JSON.stringify(next.spec),
    change_id: next.changeId,
    deployed_at: next.deployedAt,
    deployed_by: next.deployedBy,
  }
  const full = { ...row, digest: next.digest, commit: next.commit, previous_release: previous }
  await tables(tx)
    .insertInto('deployment')
    .values(full)
    .onConflict((conflict) => conflict.columns(['component', 'environment']).doUpdateSet(full))
    .execute()
  await tables(tx)
    .insertInto('deployment_history')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** The release that ran in this place before `release` first did. */
async function releaseBefore(tx: Transaction, place: { component: string; environment: string; release: string }): Promise<string | null> {
  const history = tables(tx).selectFrom('deployment_history').where('component', '=', place.component).where('environment', '=', place.environment)
  const first = await history.where('release', '=', place.release).select('deployed_at').orderBy('deployed_at').executeTakeFirst()
  if (!first) return null
  const before = await history
    .where('deployed_at', '<', first.deployed_at)
    .where('release', '!=', place.release)
    .select('release')
    .orderBy('deployed_at', 'desc')
    .executeTakeFirst()
  return before?.release ?? null
}

function toDeployment(row: Selectable<DeploymentTable>): Deployment {
  return {
    component: row.component,
    environment: row.environment,
    release: row.release,
    version: row.version,
    digest: row.digest,
    commit: row.commit,
    spec: row.spec,
    previousRelease: row.previous_release,
    changeId: row.change_id,
    deployedAt: row.deployed_at,
    deployedBy: row.deployed_by,
  }
}
