import { faults } from '#kernel/common/fault'

/** The last part of each code, in capitals, is the error code of the OCI distribution specification 1.1 ("Error Codes"). */
export const registryFaults = faults('delivery.registry', {
  name_invalid: {
    status: 400,
    title: 'Bad repository name',
    retry: 'no',
    detail: (d: { name: string }) =>
      `"${d.name.slice(0, 100)}" is no repository name: use lower-case parts of a-z 0-9 . _ - with / between, at most 255 characters`,
  },
  name_unknown: { status: 404, title: 'No such repository', retry: 'no', detail: (d: { name: string }) => `the registry has no repository "${d.name}"` },
  blob_unknown: { status: 404, title: 'No such blob', retry: 'no', detail: (d: { name: string; digest: string }) => `"${d.name}" has no blob ${d.digest}` },
  blob_upload_unknown: {
    status: 404,
    title: 'No such upload',
    retry: 'no',
    detail: (d: { id: string }) => `there is no upload "${d.id.slice(0, 60)}": it has ended or expired; start a new one`,
  },
  blob_upload_invalid: { status: 416, title: 'Bad chunk', retry: 'no', detail: (d: { what: string }) => `this chunk does not fit: ${d.what}` },
  digest_invalid: {
    status: 400,
    title: 'Bad digest',
    retry: 'no',
    detail: (d: { digest: string; why: string }) => `digest "${d.digest.slice(0, 100)}": ${d.why}`,
  },
  manifest_unknown: {
    status: 404,
    title: 'No such manifest',
    retry: 'no',
    detail: (d: { name: string; reference: string }) => `"${d.name}" has no manifest "${d.reference}"`,
  },
  manifest_invalid: { status: 400, title: 'Bad manifest', retry: 'no', detail: (d: { why: string }) => `this manifest is not valid: ${d.why}` },
  manifest_blob_unknown: {
    status: 404,
    title: 'Manifest names absent content',
    retry: 'no',
    detail: (d: { name: string; digest: string }) => `the manifest names ${d.digest}, which "${d.name}" does not have: push it first`,
  },
  size_invalid: {
    status: 413,
    title: 'Too large',
    retry: 'no',
    detail: (d: { what: string; limitBytes: number }) => `${d.what} is larger than ${d.limitBytes} bytes`,
  },
})
