import { Engine, LockedError } from './engine.ts'
import type { EngineAnswer, EngineCall } from './engine-protocol.ts'

/**
 * Entry of the engine's own process: owns the DuckDB file, takes calls over IPC, ends when its parent does. A process rather than a thread:
 * what DuckDB took (about 85 MB) goes back to the machine when it ends, and a crash of native code takes nothing else along.
 */
const file = process.argv[2] ?? ''
const opening = Engine.open(file)
opening.catch(() => {}) // reported by the first call

process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole process group; the parent decides when this one ends.
process.on('SIGINT', () => {})
process.on('message', (call: EngineCall) => {
  void perform(call).then((answer) => process.send?.(answer))
})

async function perform(call: EngineCall): Promise<EngineAnswer> {
  const engine = await opening.catch((error: unknown) => error as Error)
  try {
    if (engine instanceof Error) throw engine
    return { id: call.id, value: await dispatch(engine, call) }
  } catch (error) {
    // Without the file this process is of no use: the next call gets a new one.
    if (engine instanceof Error) endSoon()
    return { id: call.id, failure: error instanceof Error ? error.message : String(error), isLocked: error instanceof LockedError }
  }
}

async function dispatch(engine: Engine, call: EngineCall): Promise<unknown> {
  if (call.method === 'import') return await engine.import(call.kind, call.segment, call.file)
  if (call.method === 'query') return await engine.query(call.name, call.args as never, call.limitMs)
  if (call.method === 'prune') return await engine.prune(call.kinds, call.olderThanUs)
  engine.close()
  endSoon()
  return undefined
}

function endSoon(): void {
  setImmediate(() => process.disconnect())
}
