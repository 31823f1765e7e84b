import { faults } from '#kernel/common/fault'

/** What can be wrong with artifacts. */
export const artifactFaults = faults('delivery.artifact', {
  not_found: {
    status: 404,
    title: 'No such artifact',
    retry: 'no',
    detail: (d: { digest: string }) => `no run published an artifact ${d.digest.slice(0, 100)}`,
  },
  empty: {
    status: 422,
    title: 'Nothing to publish',
    retry: 'no',
    detail: (d: { component: string }) => `the build of "${d.component}" left no files to publish`,
  },
  unsafe_entry: {
    status: 422,
    title: 'Unsafe entry',
    retry: 'no',
    detail: (d: { path: string; why: string }) => `"${d.path.slice(0, 200)}" can't be in an artifact: ${d.why}`,
  },
  too_large: {
    status: 413,
    title: 'Artifact too large',
    retry: 'no',
    detail: (d: { what: string; limit: number }) => `the artifact has more than ${d.limit} ${d.what}: leave out what is not needed to run it`,
  },
  bad_archive: {
    status: 422,
    title: 'Broken archive',
    retry: 'no',
    detail: (d: { digest: string; why: string }) => `artifact ${d.digest} can't be unpacked: ${d.why}`,
  },
  bad_report: {
    status: 422,
    title: 'Bad report',
    retry: 'no',
    detail: (d: { report: string; why: string }) => `the ${d.report} of this build is not valid: ${d.why}`,
  },
})
