import { faults } from '#kernel/common/fault'

export const secretFaults = faults('platform.secret', {
  not_found: { status: 404, title: 'No such secret', retry: 'no', detail: (d: { path: string }) => `there is no secret at "${d.path}"` },
  bad_path: {
    status: 422,
    title: 'Bad secret path',
    retry: 'no',
    detail: (d: { path: string }) => `"${d.path}" is no secret path: use segments of a-z 0-9 . _ - joined by "/", 300 characters at most`,
  },
  unknown_key: {
    status: 503,
    title: 'Master key missing',
    retry: 'no',
    detail: (d: { keyId: string; file: string }) => `this was sealed with master key ${d.keyId}, which ${d.file} does not have: restore that file`,
  },
  damaged: {
    status: 500,
    title: 'Sealed data damaged',
    retry: 'no',
    detail: (d: { what: string }) => `"${d.what}" can't be opened: it was altered, or belongs elsewhere`,
  },
  bad_key_file: {
    status: 422,
    title: 'Bad master key file',
    retry: 'no',
    detail: (d: { file: string }) => `${d.file} is no master key file: restore it from your backup`,
  },
})
