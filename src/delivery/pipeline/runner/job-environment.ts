import path from 'node:path'
import { childEnvironment } from '#kernel/node/config'
import { npmCacheFolder } from '../action/npm-cache.ts'
import type { Json } from '#kernel/common/json'
import { textOf } from '../expression/evaluate-template.ts'
import type { JobRecord, RunRecord } from '../run/run.ts'
import { runnerContext } from './job-scope.ts'
import type { JobWorkspace } from './job-workspace.ts'
import { trackingIdOf } from './orphans.ts'
import { TRACKING_VARIABLE } from './process-table.ts'

/** What every step of a job finds in its environment, under what the workflow sets itself. Never a setting or secret of the platform. */
export function baseEnvironment(options: { cacheDir: string; repository: string }): Record<string, string> {
  const inherited = childEnvironment()
  return {
    ...inherited,
    PATH: cleanPath(inherited['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'),
    CI: 'true',
    npm_config_cache: npmCacheFolder(options.cacheDir, options.repository),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  }
}

/** What no workflow can alter: GitHub's own variables. */
export function githubEnvironment(options: {
  run: RunRecord
  job: JobRecord
  github: Readonly<Record<string, Json>>
  workspace: JobWorkspace
  toolCache: string
}): Record<string, string> {
  const { run, job, github, workspace } = options
  const runner = runnerContext(workspace.temp, options.toolCache)
  const names = [
    'actor',
    'triggering_actor',
    'repository',
    'repository_owner',
    'server_url',
    'api_url',
    'event_name',
    'ref',
    'ref_name',
    'ref_type',
    'head_ref',
    'base_ref',
    'sha',
    'workflow',
    'workflow_ref',
    'workflow_sha',
    'run_id',
    'run_number',
    'run_attempt',
    'retention_days',
  ]
  return {
    GITHUB_ACTIONS: 'true',
    ...Object.fromEntries(names.map((name) => [`GITHUB_${name.toUpperCase()}`, textOf(github[name] ?? null)])),
    GITHUB_JOB: job.key,
    GITHUB_REF_PROTECTED: String(run.isDefaultBranch),
    GITHUB_WORKSPACE: workspace.workspace,
    GITHUB_EVENT_PATH: workspace.event,
    RUNNER_NAME: 'fairway',
    RUNNER_OS: textOf(runner['os'] ?? null),
    RUNNER_ARCH: textOf(runner['arch'] ?? null),
    RUNNER_TEMP: workspace.temp,
    RUNNER_TOOL_CACHE: options.toolCache,
    RUNNER_ENVIRONMENT: 'self-hosted',
    [TRACKING_VARIABLE]: trackingIdOf(job.id),
  }
}

/** npm puts the folders of the platform's own tools on `PATH` when it starts us; a step must not find them. */
function cleanPath(searchPath: string): string {
  return searchPath
    .split(path.delimiter)
    .filter((folder) => !/node_modules[/\\]\.bin[/\\]?$|node-gyp-bin[/\\]?$/.test(folder))
    .join(path.delimiter)
}
