import pc from 'picocolors'
import { durationText, tableText } from '../cli/terminal.ts'

/** One row of the walk's end: a stage of one version of a service. */
export interface StageReport {
  service: string
  version: string
  stage: string
  environment: string | null
  url: string | null
  outcome: 'live' | 'built' | 'rolled back' | 'created'
  /** Wall time of the stage. */
  seconds: number
  /** What of it was the platform's own work: without the user's install, lint, test, build and start, and without the time that a rollout is told to watch. */
  platformSeconds: number
}

/** The last line of `--json`, under `walk`. */
export interface WalkReport {
  services: { name: string; repository: string; versions: string[] }[]
  environments: { service: string; environment: string; version: string; url: string }[]
  stages: StageReport[]
  urls: { portal: string; ingress: string }
  seconds: number
  platformSeconds: number
  isComplete: boolean
}

/** The table that the walk ends with. */
export function reportText(report: WalkReport): string {
  const rows = report.stages.map((stage) => [
    stage.service,
    stage.version,
    stage.stage,
    stage.outcome === 'rolled back' ? pc.yellow(stage.outcome) : pc.green(stage.outcome),
    durationText(stage.seconds),
    `${stage.platformSeconds.toFixed(1)}s`,
    stage.url ?? '',
  ])
  const live = report.environments.map((place) => [place.service, place.environment, `v${place.version}`, place.url])
  return [
    tableText(['service', 'version', 'stage', 'outcome', 'took', 'platform', 'url'], rows),
    '',
    tableText(['service', 'environment', 'version', 'url'], live),
  ].join('\n')
}
