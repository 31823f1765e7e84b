import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#kernel/common/json'
import { renderWorkload } from './render-workload.ts'
import { parseScore } from './score/index.ts'
import { diffWorkloads } from './workload-diff.ts'

const outputs: Record<string, JsonObject> = {
  db: { host: 'localhost', url: { secretPath: 'resources/orders/dev/db/url' }, password: { secretPath: 'resources/orders/dev/db/password' } },
  data: { source: 'volume/orders/dev/data' },
}
const render = (containers: string, rest = '') => {
  const { score, problems } = parseScore(
    'score.yaml',
    `apiVersion: score.dev/v1b1\nmetadata: { name: orders }\nservice: { ports: { www: { port: 80, targetPort: 8080 } } }\nresources: { db: { type: postgres }, data: { type: volume } }\ncontainers:\n${containers}${rest}`,
  )
  if (!score) throw new Error(JSON.stringify(problems))
  return renderWorkload({
    score,
    release: { id: 'rel_1', version: '1', digest: 'sha256:aa' },
    component: 'orders',
    environment: 'dev',
    owner: 'group:default/payments',
    outputs,
  })
}
const main = '  main:\n    image: .\n    command: [node, server.js]\n'
const specOf = (rendering: ReturnType<typeof render>) => {
  if (rendering.outcome !== 'rendered') throw new Error(JSON.stringify(rendering.problems))
  return rendering.spec
}

describe('renderWorkload', () => {
  it('renders everything that a Score container says', () => {
    const rendering = render(
      `${main}    args: [--port, "8080"]\n    variables:\n      URL: \${resources.db.url}\n      DSN: "postgres://orders:\${resources.db.password}@\${resources.db.host}/x$$"\n      NAME: \${metadata.name}\n    volumes: { /data: { source: "\${resources.data}" } }\n    resources: { limits: { cpu: 500m, memory: 256Mi } }\n    readinessProbe: { httpGet: { path: /healthz, port: 8080 } }\n    livenessProbe: { httpGet: { path: /livez, port: 8080 } }\n`,
    )
    expect(specOf(rendering)).toEqual({
      ref: { component: 'orders', environment: 'dev', release: 'rel_1' },
      artifactDigest: 'sha256:aa',
      command: ['node', 'server.js', '--port', '8080'],
      environment: {
        URL: { secretPath: 'resources/orders/dev/db/url' },
        DSN: { text: ['postgres://orders:', { secretPath: 'resources/orders/dev/db/password' }, '@localhost/x$'] },
        NAME: { value: 'orders' },
      },
      port: 8080,
      replicas: 1,
      readiness: { path: '/healthz' },
      liveness: { path: '/livez' },
      volumes: [{ mountPath: '/data', volumeId: 'volume/orders/dev/data' }],
      limits: { cpuMillicores: 500, memoryBytes: 268_435_456 },
      stopGraceSeconds: 10,
      labels: { version: '1', owner: 'group:default/payments' },
    })
  })

  it.each([
    {
      why: 'two containers',
      containers: `${main}  side: { image: ., command: [x] }\n`,
      problem: 'containers: the process runtime runs one container, and there are 2: main, side',
    },
    { why: 'no command', containers: '  main: { image: . }\n', problem: 'containers.main.command: say which program to start' },
    { why: 'files', containers: `${main}    files: { /etc/x: { content: x } }\n`, problem: 'containers.main.files: the process runtime has no files' },
    {
      why: 'a probe by command',
      containers: `${main}    livenessProbe: { exec: { command: [x] } }\n`,
      problem: 'containers.main.livenessProbe: the process runtime asks by httpGet only',
    },
    { why: 'an output that there is not', containers: `${main}    variables: { X: "\${resources.db.hst}" }\n`, problem: 'containers.main.variables.X: ' },
    { why: 'a secret as a volume', containers: `${main}    volumes: { /data: { source: "\${resources.db.url}" } }\n`, problem: 'is no volume' },
  ])('says that $why can not be done, never leaves it out', ({ containers, problem }) => {
    const rendering = render(containers)
    expect(rendering.outcome === 'unsupported' ? rendering.problems.map(({ field, message }) => `${field}: ${message}`).join('\n') : '').toContain(problem)
  })
})

describe('a schedule', () => {
  const job = (annotations: string, more = '') => {
    const { score, problems } = parseScore(
      'score.yaml',
      `apiVersion: score.dev/v1b1\nmetadata: { name: report, annotations: { ${annotations} } }\n${more}containers: { main: { image: ., command: [node, main.js] } }\n`,
    )
    if (!score) throw new Error(JSON.stringify(problems))
    return renderWorkload({
      score,
      release: { id: 'rel_1', version: '1', digest: 'sha256:aa' },
      component: 'report',
      environment: 'dev',
      owner: '',
      outputs: {},
    })
  }

  it('is taken from the annotations, with a limit of an hour unless told', () => {
    expect(specOf(job('fairway.dev/schedule: "30 6 * * mon-fri"'))).toMatchObject({
      schedule: { cron: '30 6 * * mon-fri', timeoutSeconds: 3_600 },
      replicas: 1,
    })
    expect(specOf(job('fairway.dev/schedule: "@daily", fairway.dev/schedule-timeout-seconds: "60"')).schedule?.timeoutSeconds).toBe(60)
    expect(specOf(job('')).schedule).toBeUndefined()
  })

  it.each([
    ['fairway.dev/schedule: "61 * * * *"', '', 'metadata.annotations.fairway.dev/schedule: "61 * * * *": a minute is 0 to 59, not "61"'],
    ['fairway.dev/schedule: "@daily", fairway.dev/schedule-timeout-seconds: "1.5"', '', 'schedule-timeout-seconds: a whole number'],
    ['fairway.dev/schedule-timeout-seconds: "60"', '', 'which is not there'],
    ['fairway.dev/schedule: "@daily", fairway.dev/replicas: "2"', '', 'fairway.dev/replicas: a scheduled workload runs once'],
    ['fairway.dev/schedule: "@daily"', 'service: { ports: { www: { port: 80 } } }\n', 'service.ports: a scheduled workload serves nothing'],
  ])('with %s%s is refused', (annotations, more, problem) => {
    const rendering = job(annotations, more)
    expect(rendering.outcome === 'unsupported' ? rendering.problems.map(({ field, message }) => `${field}: ${message}`).join('\n') : '').toContain(problem)
  })
})

describe('diffWorkloads', () => {
  const before = specOf(render(`${main}    variables: { URL: "\${resources.db.url}", MODE: a, GONE: x }\n`))
  const after = {
    ...specOf(render(`${main}    variables: { URL: "\${resources.db.password}", MODE: b }\n    readinessProbe: { httpGet: { path: /healthz, port: 8080 } }\n`)),
    replicas: 2,
    labels: { version: '2', owner: 'group:default/payments' },
  }

  it('names what changes, and never where a secret leads', () => {
    expect(diffWorkloads(before, after)).toEqual([
      { path: 'version', before: '1', after: '2' },
      { path: 'replicas', before: 1, after: 2 },
      { path: 'readiness', after: 'GET /healthz' },
      { path: 'environment.GONE', before: 'x' },
      { path: 'environment.MODE', before: 'a', after: 'b' },
      { path: 'environment.URL', isSensitive: true },
    ])
    expect(JSON.stringify(diffWorkloads(undefined, after))).not.toContain('resources/orders')
  })

  it('is empty for the same', () => expect(diffWorkloads(before, before)).toEqual([]))
})
