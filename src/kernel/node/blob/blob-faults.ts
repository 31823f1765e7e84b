import { faults } from '#kernel/common/fault'

/** What can be wrong with blobs and their keys. */
export const blobFaults = faults('kernel.blob', {
  bad_key: {
    status: 400,
    title: 'Bad blob key',
    retry: 'no',
    detail: (d: { key: string }) => `"${d.key.slice(0, 100)}" is no blob key: use a-z 0-9 . _ - / and no empty or dot-only segment, at most 512 characters`,
  },
  not_found: { status: 404, title: 'No such blob', retry: 'no', detail: (d: { key: string }) => `there is no blob "${d.key}"` },
  conflict: {
    status: 409,
    title: 'Blob exists',
    retry: 'no',
    detail: (d: { key: string }) => `blob "${d.key}" exists with other bytes; blobs are immutable: use another key`,
  },
  mismatch: {
    status: 422,
    title: 'Wrong digest',
    retry: 'no',
    detail: (d: { key: string; expected: string; found: string }) =>
      `the bytes for blob "${d.key}" have SHA-256 ${d.found}, not ${d.expected}; nothing was stored`,
  },
  too_large: {
    status: 413,
    title: 'Blob too large',
    retry: 'no',
    detail: (d: { key: string; limitBytes: number }) => `blob "${d.key}" is larger than ${d.limitBytes} bytes; nothing was stored`,
  },
  bad_range: {
    status: 416,
    title: 'Bad range',
    retry: 'no',
    detail: (d: { key: string; sizeBytes: number }) => `blob "${d.key}" has ${d.sizeBytes} bytes; the range lies outside`,
  },
  unsupported: {
    status: 422,
    title: 'Not supported',
    retry: 'no',
    detail: (d: { capability: string }) => `this blob store has no capability "${d.capability}"`,
  },
  unavailable: {
    status: 503,
    title: 'Blob store unavailable',
    retry: 'backoff',
    detail: (d: { key: string; what: string }) => `blob "${d.key}" can't be reached now (${d.what}); nothing was changed`,
  },
})
