import { testTemplate } from '#platform/scaffolder'
import type { OfflineTools } from '../interface/cli/index.ts'
import { checkDescriptorFiles } from './check-descriptor-files.ts'

/** What the CLI does on files of this machine, without a platform. A module of its own, so that other commands do not load it. */
export const offlineTools: OfflineTools = { testTemplate, checkDescriptors: checkDescriptorFiles }
