import path from 'node:path'
import { minimatch } from 'minimatch'
import { pipelineFaults } from '../pipeline-faults.ts'
import type { BuiltInAction } from './action.ts'

/** `actions/download-artifact`: one artifact of this run, or all that match, each in a folder of its name. */
export const downloadArtifact: BuiltInAction = {
  inputs: {
    name: {},
    path: {},
    pattern: {},
    'merge-multiple': { default: 'false' },
    'github-token': {},
    repository: {},
    'run-id': {},
    'artifact-ids': {},
    'digest-mismatch': {},
  },
  run: async ({ inputs, workspace, temp, run, log, setOutput, services }) => {
    const folder = path.resolve(workspace, inputs['path'] ?? '')
    if (![workspace, temp].some((root) => folder === root || folder.startsWith(`${root}/`)))
      throw pipelineFaults.unsafe_path({ path: inputs['path'] ?? '', why: 'it leads out of the workspace' })
    const name = inputs['name']
    if (name) {
      const names = await services.artifacts.unpack(run.id, name, folder)
      log(`Artifact "${name}": ${names.length} files`)
    } else {
      const all = (await services.artifacts.list(run.id)).filter((artifact) => !inputs['pattern'] || minimatch(artifact.name, inputs['pattern'], { dot: true }))
      for (const artifact of all)
        await services.artifacts.unpack(run.id, artifact.name, inputs['merge-multiple'] === 'true' ? folder : path.join(folder, artifact.name))
      log(`${all.length} artifacts: ${all.map((artifact) => artifact.name).join(', ')}`)
    }
    setOutput('download-path', folder)
  },
}
