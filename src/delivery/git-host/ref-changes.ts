import { ZERO_SHA } from './git-names.ts'

/** A ref update that somebody asked for, e.g. one command of a push. */
export interface RefUpdate {
  ref: string
  before: string
  after: string
}

/** Who asked for which updates. */
export interface WriteIntent {
  actor: string
  updates: readonly RefUpdate[]
}

/** A ref that moved, and by whom. */
export interface RefChange extends RefUpdate {
  actor: string
}

/** Told as the pusher of a ref that moved without anybody having asked us, e.g. by hand in the data folder. */
export const UNKNOWN_ACTOR = 'system:unknown'

/**
 * What happened to the refs between `seen` and `now`, in ref order, each with who did it. When several intents lead one after the other from
 * the old commit to the new, each is told; what no intent explains is one change by nobody known.
 */
export function refChanges(seen: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>, intents: readonly WriteIntent[]): RefChange[] {
  const refs = [...new Set([...seen.keys(), ...now.keys()])].sort()
  return refs.flatMap((ref) => {
    const before = seen.get(ref) ?? ZERO_SHA
    const after = now.get(ref) ?? ZERO_SHA
    if (before === after) return []
    return pathBetween(ref, before, after, intents) ?? [{ ref, before, after, actor: UNKNOWN_ACTOR }]
  })
}

/** The shortest chain of intended updates from `before` to `after`. */
function pathBetween(ref: string, before: string, after: string, intents: readonly WriteIntent[]): RefChange[] | undefined {
  const known = intents.flatMap((intent) => intent.updates.filter((update) => update.ref === ref).map((update) => ({ ...update, actor: intent.actor })))
  const reached = new Map<string, RefChange[]>([[before, []]])
  const queue = [before]
  for (let sha = queue.shift(); sha !== undefined; sha = queue.shift()) {
    const sofar = reached.get(sha) ?? []
    if (sha === after) return sofar
    for (const step of known) {
      if (step.before !== sha || reached.has(step.after)) continue
      reached.set(step.after, [...sofar, step])
      queue.push(step.after)
    }
  }
  return undefined
}
