import { faults } from '../fault/index.ts'

export const driverFaults = faults('kernel.driver', {
  stale: {
    status: 412,
    title: 'Plan is stale',
    retry: 'no',
    detail: (d: { target: string }) => `"${d.target}" has changed since it was planned; nothing was applied: plan again`,
  },
  unknown: {
    status: 422,
    title: 'No such driver',
    retry: 'no',
    detail: (d: { driver: string; known: string }) => `no driver is called "${d.driver}"; there are: ${d.known}`,
  },
  bad_input: {
    status: 422,
    title: 'Bad driver input',
    retry: 'no',
    detail: (d: { driver: string; what: string }) => `driver "${d.driver}" can't use this input: ${d.what}`,
  },
  failed: { status: 502, title: 'Apply failed', retry: 'backoff', detail: (d: { target: string; what: string }) => `"${d.target}" was not applied: ${d.what}` },
})
