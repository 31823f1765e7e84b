import { isMap, type Value } from './value.ts'

/**
 * Names in sight, as nunjucks has them: frames inside each other, and under them the document's variables. `set` alters the nearest frame that has
 * the name, else makes it in its own; at the top of a document it makes a variable too, which macros and included files see.
 */
export class Scope {
  readonly #names = new Map<string, Value>()
  readonly #outer: Scope | undefined
  readonly #variables: Map<string, Value>
  readonly #isClosed: boolean
  /** Names that the document set at its top: what an import gives. */
  readonly exports = new Map<string, Value>()

  private constructor(variables: Map<string, Value>, outer?: Scope, isClosed = false) {
    this.#variables = variables
    this.#outer = outer
    this.#isClosed = isClosed
  }

  static of(context: Value): Scope {
    return new Scope(new Map(isMap(context) ? Object.entries(context) : []))
  }

  /** Inside a loop or a block: `set` reaches outwards. */
  child(): Scope {
    return new Scope(this.#variables, this)
  }

  /** Inside an included file or a caller: sees all, alters nothing outside. */
  closed(): Scope {
    return new Scope(new Map(this.#variables), this, true)
  }

  /** Inside a macro: the document's variables, none of the frames around the call. */
  fresh(): Scope {
    return new Scope(this.#variables, undefined, true)
  }

  /** The top of another document with the same variables. */
  forDocument(isWithContext: boolean): Scope {
    return new Scope(new Map(isWithContext ? this.#variables : []))
  }

  get(name: string): Value {
    const holder = this.#holderOf(name, false)
    return holder ? holder.#names.get(name) : this.#variables.get(name)
  }

  declare(name: string, value: Value): void {
    this.#names.set(name, value)
  }

  set(name: string, value: Value): void {
    const frame = this.#holderOf(name, true) ?? this
    frame.#names.set(name, value)
    if (frame.#outer === undefined) {
      this.#variables.set(name, value)
      if (!name.startsWith('_')) frame.exports.set(name, value)
    }
  }

  #holderOf(name: string, isToAlter: boolean): Scope | undefined {
    if (this.#names.has(name)) return this
    const outer = isToAlter && this.#isClosed ? undefined : this.#outer
    return outer ? outer.#holderOf(name, isToAlter) : undefined
  }
}
