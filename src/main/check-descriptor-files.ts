import { checkDescriptors, duplicateProblems, looksLikeDescriptor, type CheckedFile } from '#platform/location'
import { readRecipe } from '#provisioning/recipe'
import type { OfflineTools } from '../interface/cli/index.ts'
import { documentChecks } from './organisation.ts'

/** The catalog's check on files of this machine. Which drivers a platform has is not known here: a recipe's is not looked at. */
export const checkDescriptorFiles: OfflineTools['checkDescriptors'] = (files) => {
  const checks = { ...documentChecks(() => []), recipe: (document: Parameters<typeof readRecipe>[0]) => readRecipe(document).problems }
  const checked = new Map<string, CheckedFile>()
  for (const { file, text, isGiven } of files) if (isGiven || looksLikeDescriptor(text)) checked.set(file, checkDescriptors(file, text, checks))
  const reports = [...checked.values()]
  return {
    fileCount: reports.length,
    entityCount: reports.reduce((sum, report) => sum + report.entities.length, 0),
    problems: [...reports.flatMap((report) => report.problems), ...duplicateProblems(checked)],
  }
}
