import path from 'node:path'
import { pipelineFaults } from '../pipeline-faults.ts'
import type { BuiltInAction } from './action.ts'
import { findFiles } from './find-files.ts'

/** `actions/upload-artifact`: files of the workspace as a named artifact of the run. */
export const uploadArtifact: BuiltInAction = {
  inputs: {
    name: { default: 'artifact' },
    path: { required: true },
    'if-no-files-found': { default: 'warn' },
    overwrite: { default: 'false' },
    'include-hidden-files': { default: 'false' },
    'retention-days': {},
    'compression-level': {},
    archive: {},
  },
  run: async ({ inputs, workspace, temp, run, log, annotate, setOutput, services }) => {
    const name = inputs['name'] || 'artifact'
    const patterns = (inputs['path'] ?? '').split('\n')
    const found = findFiles(patterns, { base: workspace, within: [workspace, temp], includeHidden: inputs['include-hidden-files'] === 'true' })
    if (found.files.length === 0) {
      const message = `No files were found with the path "${patterns.join(', ')}". No artifact will be uploaded.`
      if (inputs['if-no-files-found'] === 'error') throw pipelineFaults.action_failed({ action: 'actions/upload-artifact', what: message })
      if (inputs['if-no-files-found'] !== 'ignore') annotate('warning', message)
      return
    }
    const root = commonFolder(found.roots, found.files)
    const stored = await services.artifacts.put(
      run.id,
      name,
      found.files.map((file) => ({ name: path.relative(root, file), file })),
      { overwrite: inputs['overwrite'] === 'true' },
    )
    log(`Artifact "${name}": ${found.files.length} files, ${stored.sizeBytes} bytes, ${stored.digest}`)
    setOutput('artifact-id', stored.id)
    setOutput('artifact-digest', stored.digest.replace('sha256:', ''))
    setOutput('artifact-url', `/api/v1/runs/${run.id}/artifacts/${encodeURIComponent(name)}`)
  },
}

/** Names inside an artifact begin below the folder that all patterns share; one pattern that is a file keeps the file's name only. */
function commonFolder(roots: readonly string[], files: readonly string[]): string {
  const folders = roots.map((root) => (files.includes(root) ? path.dirname(root) : root))
  const parts = folders.map((folder) => folder.split('/'))
  const first = parts[0] ?? []
  let shared = 0
  while (shared < first.length && parts.every((part) => part[shared] === first[shared])) shared++
  return first.slice(0, shared).join('/') || '/'
}
