import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { median, type BenchContext, type Measurement } from './measure.ts'

/** Of the last line of the walk, what this measure reads. */
interface WalkReport {
  stages: { service: string; version: string; stage: string; seconds: number; platformSeconds: number }[]
  seconds: number
}

/** The platform's own share of commit-to-running: of the pipeline and of the deployment to dev, what is not the user's build, test or service start. */
export async function measureShare(context: BenchContext): Promise<Measurement[]> {
  const { dataDir } = await context.walked()
  const report = JSON.parse(await readFile(path.join(dataDir, 'walk.json'), 'utf8')) as WalkReport
  const versions = [...new Set(report.stages.map(({ service, version }) => `${service} ${version}`))]
  const shares: number[] = []
  const details: string[] = []
  for (const version of versions) {
    const of = (stage: string) => report.stages.find((one) => `${one.service} ${one.version}` === version && one.stage === stage)
    const [pipeline, dev] = [of('pipeline'), of('dev')]
    if (!pipeline || !dev) continue
    shares.push(pipeline.platformSeconds + dev.platformSeconds)
    details.push(
      `${version}: pipeline ${pipeline.platformSeconds.toFixed(1)} of ${pipeline.seconds.toFixed(1)} s, dev ${dev.platformSeconds.toFixed(1)} of ${dev.seconds.toFixed(1)} s`,
    )
  }
  return [
    {
      name: "platform's share of commit-to-running",
      value: median(shares),
      unit: 's',
      aim: '<= 3',
      how: 'push to live in dev, without the steps of the workflow and the start of the service, from walk.json',
      samples: shares,
      details,
    },
    { name: 'first walk', value: report.seconds, unit: 's', how: 'one walk, three versions to production, from walk.json' },
  ]
}
