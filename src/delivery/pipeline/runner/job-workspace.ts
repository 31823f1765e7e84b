import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { RunRecord } from '../run/run.ts'
import { recordOf } from './process-table.ts'

/** Folders of one job: all below one, which goes when the job is over. */
export interface JobWorkspace {
  root: string
  /** `GITHUB_WORKSPACE`: where the repository's files go. */
  workspace: string
  /** `RUNNER_TEMP`. */
  temp: string
  /** Files by which steps speak to the runner. */
  commands: string
  /** `GITHUB_EVENT_PATH`. */
  event: string
}

/** The folder of a job's own below the data folder. */
export function workFolder(dataDir: string, runId: string, jobId: string): string {
  return path.join(dataDir, 'work', runId, jobId)
}

/** Process groups that a job started, one JSON a line: written before a step does anything, so that a restart finds them. */
export function groupsFile(root: string): string {
  return path.join(root, 'groups')
}

/** Makes a job's folders anew. */
export async function createWorkspace(dataDir: string, run: RunRecord, jobId: string): Promise<JobWorkspace> {
  const root = workFolder(dataDir, run.id, jobId)
  await rm(root, { recursive: true, force: true })
  const workspace = path.join(root, 'work', run.repository.split('/')[1] ?? 'repository')
  const temp = path.join(root, 'temp')
  const commands = path.join(root, 'commands')
  await Promise.all([workspace, temp, commands].map(async (folder) => await mkdir(folder, { recursive: true, mode: 0o700 })))
  const event = path.join(commands, 'event.json')
  await writeFile(event, JSON.stringify(run.payload, null, 2))
  return { root, workspace, temp, commands, event }
}

/** Synchronous on purpose: nothing may come between the start of a process and its record. */
export function recordGroup(root: string, pid: number): void {
  writeFileSync(groupsFile(root), `${JSON.stringify(recordOf(pid))}\n`, { flag: 'a' })
}

/** Removes a job's folders, and the run's when it was the last. Files that a step made unreadable are no reason to fail. */
export async function removeWorkspace(root: string): Promise<void> {
  await rm(root, { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
  // Fails while another job of the run is at work, as it should.
  await rmdir(path.dirname(root)).catch(() => {})
}
