import { faults } from '#kernel/common/fault'

export const deploymentFaults = faults('platform.deployment', {
  no_release: {
    status: 409,
    title: 'Nothing to deploy',
    retry: 'no',
    detail: (d: { component: string; what: string }) => `${d.component} has ${d.what}: push a commit whose pipeline makes one`,
  },
  no_component: {
    status: 404,
    title: 'No such component',
    retry: 'no',
    detail: (d: { component: string }) => `there is no component "${d.component}": its repository declares it in catalog-info.yaml`,
  },
  foreign_release: {
    status: 422,
    title: 'Release of another component',
    retry: 'no',
    detail: (d: { release: string; component: string; owner: string }) => `release ${d.release} is one of ${d.owner}, not of ${d.component}`,
  },
  quarantined: {
    status: 409,
    title: 'Release is quarantined',
    retry: 'no',
    detail: (d: { component: string; version: string; reason: string }) =>
      `${d.component} v${d.version} is in quarantine: ${d.reason}; deploy another release, or push a correction`,
  },
  bad_score: {
    status: 422,
    title: 'Score file has faults',
    retry: 'no',
    detail: (d: { component: string; version: string; count: number }) =>
      `score.yaml of ${d.component} v${d.version} has ${d.count} ${d.count === 1 ? 'fault' : 'faults'}; see errors`,
  },
  nothing_to_run: {
    status: 409,
    title: 'Nothing to run',
    retry: 'no',
    detail: (d: { component: string; version: string }) =>
      `${d.component} v${d.version} is a package: there is nothing to run, so it is not deployed; others use the release`,
  },
  nothing_to_promote: {
    status: 409,
    title: 'Nothing to promote',
    retry: 'no',
    detail: (d: { component: string; from: string }) => `${d.component} does not run in ${d.from}: deploy it there first`,
  },
  nothing_to_roll_back: {
    status: 409,
    title: 'Nothing to roll back to',
    retry: 'no',
    detail: (d: { component: string; environment: string }) => `${d.component} has no release before the one that runs in ${d.environment}`,
  },
})
