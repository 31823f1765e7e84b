import { isMap, type Value } from './value.ts'

/** Names in sight. As in nunjucks, `set` inside a loop stays in the loop when the name is new there. */
export class Scope {
  readonly #names = new Map<string, Value>()
  readonly #outer: Scope | undefined

  private constructor(outer?: Scope) {
    this.#outer = outer
  }

  static of(context: Value): Scope {
    const scope = new Scope()
    if (isMap(context)) for (const [name, value] of Object.entries(context)) scope.declare(name, value)
    return scope
  }

  child(): Scope {
    return new Scope(this)
  }

  get(name: string): Value {
    return this.#names.has(name) ? this.#names.get(name) : this.#outer?.get(name)
  }

  declare(name: string, value: Value): void {
    this.#names.set(name, value)
  }

  /** Alters the nearest scope that has the name, else makes it here. */
  set(name: string, value: Value): void {
    const holder = this.#holderOf(name) ?? this
    holder.declare(name, value)
  }

  #holderOf(name: string): Scope | undefined {
    if (this.#names.has(name)) return this
    return this.#outer === undefined ? undefined : this.#outer.#holderOf(name)
  }
}
