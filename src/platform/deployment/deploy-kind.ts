import type { Database } from '#kernel/node/database'
import type { ChangeKind } from '#platform/change'
import type { EnvironmentDirectory } from '#platform/environment'
import type { Resources } from '#provisioning/resource'
import type { WorkloadSpec } from '#runtime/runtime'
import { chooseRelease } from './choose-release.ts'
import { deployInputSchema, type DeployInput } from './deploy-input.ts'
import { deploymentFaults } from './deployment-faults.ts'
import { findDeployment, recordDeployment } from './deployment-store.ts'
import { hostsOf } from './hosts.ts'
import { planDeployment } from './plan-deployment.ts'
import type { DeployableComponent, DeployableRelease, ReleaseSource } from './ports.ts'
import { portOf, renderWorkload } from './render-workload.ts'
import { parseScore, type Score } from './score/index.ts'

export interface DeployDeps {
  db: Database
  environments: EnvironmentDirectory
  releases: ReleaseSource
  resources: Pick<Resources, 'plan'>
  /** The component in the catalog; undefined when it is not there. */
  findComponent: (name: string) => Promise<DeployableComponent | undefined>
}

/** The kind of change `deploy`: a release into an environment. */
export function createDeployKind(deps: DeployDeps): ChangeKind<DeployInput> {
  const ownerOf = async (component: string): Promise<string> => (await deps.findComponent(component))?.owner ?? ''
  return {
    kind: 'deploy',
    input: deployInputSchema,

    async prepare(asked) {
      await deps.environments.get(asked.environment)
      if (asked.from !== undefined) await deps.environments.get(asked.from)
      const release = await chooseRelease(deps, asked).catch(async (error: unknown) => {
        // Whoever names no component is told so; one that has left the catalog may still go back to an older release.
        throw (await deps.findComponent(asked.component)) ? error : deploymentFaults.no_component({ component: asked.component })
      })
      assertScore(release)
      return { ...asked, release: release.id, version: release.version, commit: release.commit }
    },

    describe: ({ component, environment, release, version, rollback, from }) => ({
      title: titleOf({ component, environment, version, rollback, from }),
      component,
      environment,
      ...(release === undefined || version === undefined ? {} : { release: { id: release, version } }),
    }),

    resource: ({ component, environment }) => ({ type: 'Environment', id: environment, attributes: { component, environment } }),

    async plan(asked) {
      const environment = await deps.environments.get(asked.environment)
      const release = await chooseRelease(deps, asked)
      const score = assertScore(release)
      const owner = await ownerOf(asked.component)
      const { actions, outputs } = await deps.resources.plan({
        component: asked.component,
        environment: environment.name,
        ...(owner === '' ? {} : { team: owner }),
        resources: score.resources ?? {},
        metadata: score.metadata as never,
      })
      const rendering = renderWorkload({ score, release, component: asked.component, environment: environment.name, owner, outputs })
      if (rendering.outcome === 'unsupported') throw badScore(release, rendering.problems)
      const current = await findDeployment(deps.db, asked.component, environment.name)
      return planDeployment({
        component: asked.component,
        environment,
        spec: rendering.spec,
        current,
        hosts: portOf(score) === undefined ? [] : hostsOf(asked.component, environment.name),
        resources: actions,
        isRollback: asked.rollback === true,
      })
    },

    async finished(tx, change) {
      const asked = deployInputSchema.parse(change.input)
      if (asked.release === undefined) return
      // A release is judged by whether it runs and by how it does; that a database could not be made says nothing of it.
      if (change.state === 'rolled_back' && change.refusedBy && ['workload', 'analysis'].includes(change.refusedBy.driver))
        await deps.releases.quarantine(tx, asked.release, change.result.message)
      const spec = specOf(change.plan)
      if (change.state !== 'done' || !spec) return
      await recordDeployment(
        tx,
        {
          component: asked.component,
          environment: asked.environment,
          release: asked.release,
          version: spec.labels.version,
          digest: spec.artifactDigest,
          commit: asked.commit ?? '',
          spec,
          changeId: change.id,
          deployedAt: change.finishedAt,
          deployedBy: change.requestedBy,
        },
        asked.rollback === true,
      )
    },
  }
}

/** What was started; undefined for a plan that starts nothing. */
function specOf(plan: Parameters<NonNullable<ChangeKind['finished']>>[1]['plan']): WorkloadSpec | undefined {
  const action = plan?.actions.find(({ id }) => id === 'workload')
  return action?.input['spec'] as unknown as WorkloadSpec | undefined
}

/** @throws `platform.deployment.nothing_to_run` for a package, `platform.deployment.bad_score` with file, line and field of each fault. */
function assertScore(release: DeployableRelease): Score {
  if (release.score === '') throw deploymentFaults.nothing_to_run({ component: release.component, version: release.version })
  const parsed = parseScore('score.yaml', release.score)
  if (parsed.score === undefined) throw badScore(release, parsed.problems)
  return parsed.score
}

function badScore(release: DeployableRelease, errors: readonly { field: string; message: string }[]): Error {
  return deploymentFaults.bad_score({ component: release.component, version: release.version, count: errors.length }, { errors })
}

function titleOf(subject: {
  component: string
  environment: string
  version: string | undefined
  rollback: boolean | undefined
  from: string | undefined
}): string {
  const { component, environment, version, rollback, from } = subject
  const what = version === undefined ? component : `${component} v${version}`
  if (rollback === true) return `Roll back ${component} in ${environment} to v${version ?? '?'}`
  return from === undefined ? `Deploy ${what} to ${environment}` : `Promote ${what} from ${from} to ${environment}`
}
