import type { BuiltInAction } from './action.ts'
import { cache, cacheRestore, cacheSave } from './cache.ts'
import { checkout } from './checkout.ts'
import { downloadArtifact } from './download-artifact.ts'
import { setupNode } from './setup-node.ts'
import { setupGo, setupOpenTofu, setupPython, setupTerraform } from './setup-tools.ts'
import { uploadArtifact } from './upload-artifact.ts'

const actions: Readonly<Record<string, BuiltInAction>> = {
  'actions/checkout': checkout,
  'actions/setup-node': setupNode,
  'actions/setup-python': setupPython,
  'actions/setup-go': setupGo,
  'opentofu/setup-opentofu': setupOpenTofu,
  'hashicorp/setup-terraform': setupTerraform,
  'actions/upload-artifact': uploadArtifact,
  'actions/download-artifact': downloadArtifact,
  'actions/cache': cache,
  'actions/cache/restore': cacheRestore,
  'actions/cache/save': cacheSave,
}

/** The action with this lower-case name. */
export function findBuiltIn(name: string): BuiltInAction | undefined {
  return Object.hasOwn(actions, name) ? actions[name] : undefined
}
