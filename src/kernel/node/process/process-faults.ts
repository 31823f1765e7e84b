import { faults } from '#kernel/common/fault'

/** Why a program could not be run to its end. */
export const processFaults = faults('kernel.process', {
  not_found: {
    status: 422,
    title: 'Program not found',
    retry: 'no',
    detail: (d: { command: string }) => `the program "${d.command}" can not be started: it is not installed, not on PATH, or its working folder is missing`,
  },
  failed: {
    status: 502,
    title: 'Program failed',
    retry: 'no',
    detail: (d: { command: string; how: string; output: string }) => `"${d.command}" ${d.how}${d.output === '' ? '' : `: ${d.output}`}`,
  },
  timed_out: {
    status: 504,
    title: 'Program took too long',
    retry: 'backoff',
    detail: (d: { command: string; timeoutMs: number }) => `"${d.command}" was stopped: it took longer than ${d.timeoutMs} ms`,
  },
  too_much_output: {
    status: 413,
    title: 'Program wrote too much',
    retry: 'no',
    detail: (d: { command: string; limitBytes: number }) => `"${d.command}" was stopped: it wrote more than ${d.limitBytes} bytes`,
  },
})
