import { readFileSync } from 'node:fs'
import { groupsFile, removeWorkspace, workFolder } from './job-workspace.ts'
import { killRecordedGroup, killTracked, type GroupRecord } from './process-table.ts'

/** Value of `RUNNER_TRACKING_ID` for a job. */
export function trackingIdOf(jobId: string): string {
  return `fairway_${jobId}`
}

/** Kills what a job left running: its recorded groups, and every process with its mark. @returns whether there was anything. */
export function killLeftovers(dataDir: string, runId: string, jobId: string): boolean {
  let found = false
  for (const record of readGroups(groupsFile(workFolder(dataDir, runId, jobId)))) found = killRecordedGroup(record) || found
  return killTracked(trackingIdOf(jobId)) > 0 || found
}

/** After a crash of the platform: ends what the dead one started for a job, and takes its folders away. */
export async function clearOrphans(dataDir: string, runId: string, jobId: string): Promise<boolean> {
  const found = killLeftovers(dataDir, runId, jobId)
  await removeWorkspace(workFolder(dataDir, runId, jobId))
  return found
}

function readGroups(file: string): GroupRecord[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  return text.split('\n').flatMap((line) => {
    try {
      const record = JSON.parse(line) as GroupRecord
      return Number.isInteger(record.pid) && record.pid > 1 ? [record] : []
    } catch {
      return [] // the line that a crash cut off
    }
  })
}
