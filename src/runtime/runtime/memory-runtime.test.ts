import { MemoryRuntime, type MemoryBehaviour } from './memory-runtime.ts'
import { runtimeContract } from './runtime-contract.ts'

let count = 0
runtimeContract('memory', async () => {
  const runtime = new MemoryRuntime({ behaviourOf: (spec) => spec.command[1] as MemoryBehaviour })
  return {
    runtime,
    specOf: (program) => ({
      ref: { component: `program-${++count}`, environment: 'dev', release: 'rel_1' },
      artifactDigest: 'sha256:0',
      command: ['node', program === 'grows' ? 'serves' : program],
      environment: {},
      replicas: 1,
      volumes: [],
      limits: {},
      stopGraceSeconds: 2,
      labels: { version: '1', owner: 'group:default/payments' },
    }),
    [Symbol.asyncDispose]: async () => {},
  }
})
