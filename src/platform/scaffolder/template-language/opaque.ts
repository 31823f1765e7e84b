import { refuse } from './refusal.ts'

/** What an effect will say once it is carried out: a pull request's number, a commit's id. Passed on as it is; whoever needs its text has to wait. */
export class Deferred {
  readonly effect: string
  readonly field: string

  /** @param effect id of the effect. @param field which of its outputs. */
  constructor(effect: string, field: string) {
    this.effect = effect
    this.field = field
  }

  /** For lists of steps that people read; never read back. */
  toJSON(): { $deferred: string } {
    return { $deferred: `${this.effect}.${this.field}` }
  }
}

/** Thrown through an evaluation that needs what is not known before an effect is carried out. */
export class DeferredNeeded extends Error {
  readonly deferred: Deferred

  constructor(deferred: Deferred) {
    super(`"${deferred.field}" is known when "${deferred.effect}" is carried out`)
    this.name = 'DeferredNeeded'
    this.deferred = deferred
  }
}

/**
 * A text with secrets in it, by their names. No secret is ever known while a template runs: whoever carries out an effect puts them in.
 * As JSON `{ "$secret": ["Bearer ", { "name": "TOKEN" }] }`.
 */
export class SecretText {
  readonly parts: readonly (string | { name: string })[]

  constructor(parts: readonly (string | { name: string })[]) {
    this.parts = parts
  }

  toJSON(): { $secret: readonly (string | { name: string })[] } {
    return { $secret: this.parts }
  }
}

/** Something that a template may call: a macro, a cycler, a joiner. Made by the evaluator only; nothing from outside becomes one. */
export class Callable<V> {
  readonly name: string
  readonly call: (values: readonly V[], named: Readonly<Record<string, V>>) => V
  readonly members: ReadonlyMap<string, () => V>

  constructor(name: string, call: (values: readonly V[], named: Readonly<Record<string, V>>) => V, members: ReadonlyMap<string, () => V> = new Map()) {
    this.name = name
    this.call = call
    this.members = members
  }

  /** Closed for printing. */
  toJSON(): undefined {
    return undefined
  }
}

/** @throws DeferredNeeded, Refusal: for work on a value that must stay closed. */
export function assertOpen(value: unknown): void {
  if (value instanceof Deferred) throw new DeferredNeeded(value)
  if (value instanceof SecretText) refuse('a secret can be passed on or put into a text; nothing else can be done with it here')
}
