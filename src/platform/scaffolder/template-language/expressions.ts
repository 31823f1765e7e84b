import { scaffolderFaults } from '../scaffolder-faults.ts'
import { Budget, type Limits } from './budget.ts'
import { FILTERS, OPEN_TO_CLOSED } from './filters.ts'
import { GLOBALS } from './globals.ts'
import { callMethod } from './methods.ts'
import { assertOpen, Callable } from './opaque.ts'
import { ARITHMETIC, compares, contains } from './operators.ts'
import { Pattern } from './pattern.ts'
import type { Scope } from './scope.ts'
import type { SyntaxNode } from './syntax-tree.ts'
import { holdsTest, TESTS } from './tests.ts'
import { concatenated, isList, isTrue, mapOf, memberOf, textOf, type Value } from './value.ts'

export interface Arguments {
  values: Value[]
  named: Record<string, Value>
}

export interface EvaluatorOptions {
  /** Named in messages. */
  where: string
  limits?: Limits | undefined
  /** `True`, `False`, `None` and Python's methods, for cookiecutter templates. */
  isJinja?: boolean | undefined
}

/** Jinja's names of values. */
const JINJA_NAMES: Readonly<Record<string, Value>> = { True: true, False: false, None: null }

/**
 * Interprets expressions with an allow list: what is not named here does not run. There is no way from a template to code: values are
 * JSON data without prototypes, look-ups see own members only, and calls reach the functions of `filters.ts`, `globals.ts` and `methods.ts` alone.
 */
export abstract class ExpressionEvaluator {
  protected readonly budget: Budget
  /** File or field that is being evaluated. */
  protected where: string
  readonly #isJinja: boolean

  constructor(options: EvaluatorOptions) {
    this.where = options.where
    this.budget = new Budget(options.where, options.limits)
    this.#isJinja = options.isJinja ?? false
  }

  /** The text that a body prints. */
  protected abstract body(node: SyntaxNode, name: string, scope: Scope): string
  /** What a `call` block hands to the macro. */
  protected abstract callerOf(node: SyntaxNode, scope: Scope): Callable<Value>
  /** `super()` of a block. */
  protected abstract superOf(node: SyntaxNode, scope: Scope): Value

  value(node: SyntaxNode, scope: Scope): Value {
    this.budget.step()
    const children = node.children ?? []
    switch (node.typename) {
      case 'Literal':
        return this.#literal(node)
      case 'Symbol':
        return this.#name(String(node['value']), scope)
      case 'Group':
        return children.map((child) => this.value(child, scope)).at(-1)
      case 'Array':
        return children.map((child) => this.value(child, scope))
      case 'Dict':
        return mapOf(children.map((pair) => [this.#keyOf(pair['key'] as SyntaxNode, scope), this.value(pair['value'] as SyntaxNode, scope)] as const))
      case 'LookupVal':
        return memberOf(this.field(node, 'target', scope), this.field(node, 'val', scope))
      case 'InlineIf':
        return isTrue(this.field(node, 'cond', scope)) ? this.field(node, 'body', scope) : node['else_'] === null ? '' : this.field(node, 'else_', scope)
      case 'Capture':
        return this.body(node, 'body', scope)
      case 'Caller':
        return this.callerOf(node, scope)
      case 'Filter':
        return this.#filter(node, scope)
      case 'FunCall':
        return this.#call(node, scope)
      case 'Is':
        return this.#is(node, scope)
      case 'Compare':
        return this.#compare(node, scope)
      default:
        return this.#operator(node, scope)
    }
  }

  #literal(node: SyntaxNode): Value {
    const { value } = node as { value?: unknown }
    return value instanceof RegExp ? this.#made(node, () => new Pattern(value.source, value.flags)) : (value as Value)
  }

  #name(name: string, scope: Scope): Value {
    const value = scope.get(name)
    return value === undefined && this.#isJinja && Object.hasOwn(JINJA_NAMES, name) ? JINJA_NAMES[name] : value
  }

  #operator(node: SyntaxNode, scope: Scope): Value {
    const left = (): Value => this.field(node, 'left', scope)
    const right = (): Value => this.field(node, 'right', scope)
    const arithmetic = Object.hasOwn(ARITHMETIC, node.typename) ? ARITHMETIC[node.typename] : undefined
    if (arithmetic) return arithmetic(Number(textOf(left())), Number(textOf(right())))
    switch (node.typename) {
      case 'Or': {
        const first = left()
        return isTrue(first) ? first : right()
      }
      case 'And': {
        const first = left()
        return isTrue(first) ? right() : first
      }
      case 'Not':
        return !isTrue(this.field(node, 'target', scope))
      case 'In': {
        const needle = left()
        return contains(right(), needle, this.budget)
      }
      case 'Concat':
        return this.#joined(left(), right())
      case 'Add': {
        const [a, b] = [left(), right()]
        return typeof a === 'number' && typeof b === 'number' ? a + b : this.#joined(a, b)
      }
      case 'Neg':
        return -Number(textOf(this.field(node, 'target', scope)))
      case 'Pos':
        return Number(textOf(this.field(node, 'target', scope)))
      default:
        throw this.refuse(node)
    }
  }

  #joined(left: Value, right: Value): Value {
    const result = concatenated(left, right)
    return typeof result === 'string' ? this.budget.made(result) : result
  }

  #filter(node: SyntaxNode, scope: Scope): Value {
    const name = String((node['name'] as SyntaxNode)['value'])
    const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined
    if (!filter) return this.fail(node, `there is no filter "${name}"; there are: ${Object.keys(FILTERS).sort().join(', ')}`)
    const { values, named } = this.arguments(node, scope)
    const [input, ...rest] = values
    if (!OPEN_TO_CLOSED.has(name)) for (const value of values) assertOpen(value)
    this.#pay(values)
    return this.#made(node, () => filter(input, rest, { named, budget: this.budget }))
  }

  #call(node: SyntaxNode, scope: Scope): Value {
    const callee = node['name'] as SyntaxNode
    if (callee.typename === 'Symbol' && callee['value'] === 'super') return this.superOf(node, scope)
    const { values, named } = this.arguments(node, scope)
    if (callee.typename === 'Symbol') {
      const name = String(callee['value'])
      const macro = scope.get(name)
      if (macro instanceof Callable) return this.#made(node, () => macro.call(values, named))
      const found = Object.hasOwn(GLOBALS, name) ? GLOBALS[name] : undefined
      if (!found) return this.fail(node, `there is no function "${name}"; there are: ${Object.keys(GLOBALS).join(', ')}`)
      return this.#made(node, () => found(values, this.budget))
    }
    if (callee.typename !== 'LookupVal') return this.fail(node, 'this can not be called')
    const target = this.field(callee, 'target', scope)
    const method = this.field(callee, 'val', scope)
    const member = memberOf(target, method)
    if (member instanceof Callable) return this.#made(node, () => member.call(values, named))
    for (const value of [target, ...values]) assertOpen(value)
    this.#pay([target, ...values])
    return this.#made(node, () => callMethod(target, textOf(method), values, this.budget, this.#isJinja))
  }

  /** Work on a long text or list costs more than on a short one. */
  #pay(values: readonly Value[]): void {
    for (const value of values) if (typeof value === 'string' || isList(value)) this.budget.step(value.length >> (typeof value === 'string' ? 7 : 3))
  }

  #made(node: SyntaxNode, make: () => Value): Value {
    let result: Value
    try {
      result = make()
    } catch (error) {
      if (error instanceof TypeError || error instanceof RangeError) return this.fail(node, 'it can not be used like this')
      if (error instanceof Error && error.name === 'Refusal') return this.fail(node, error.message)
      throw error
    }
    return typeof result === 'string' ? this.budget.made(result) : result
  }

  #is(node: SyntaxNode, scope: Scope): boolean {
    const right = node['right'] as SyntaxNode
    const named = right.typename === 'FunCall' ? (right['name'] as SyntaxNode) : right
    const name = String(named['value'])
    const rest = right.typename === 'FunCall' ? this.arguments(right, scope).values : []
    const result = holdsTest(name, this.field(node, 'left', scope), rest)
    return result ?? this.fail(node, `there is no test "${name}"; there are: ${Object.keys(TESTS).join(', ')}`)
  }

  #compare(node: SyntaxNode, scope: Scope): boolean {
    let left = this.field(node, 'expr', scope)
    for (const operand of node['ops'] as SyntaxNode[]) {
      const right = this.field(operand, 'expr', scope)
      if (!compares(String(operand['type']), left, right)) return false
      left = right
    }
    return true
  }

  protected arguments(node: SyntaxNode, scope: Scope): Arguments {
    const values: Value[] = []
    const named: Record<string, Value> = Object.create(null) as Record<string, Value>
    for (const child of (node['args'] as SyntaxNode | null)?.children ?? []) {
      if (child.typename === 'KeywordArgs')
        for (const pair of child.children ?? []) named[this.#keyOf(pair['key'] as SyntaxNode, scope)] = this.value(pair['value'] as SyntaxNode, scope)
      else values.push(this.value(child, scope))
    }
    return { values, named }
  }

  protected field(node: SyntaxNode, name: string, scope: Scope): Value {
    return this.value(node[name] as SyntaxNode, scope)
  }

  #keyOf(node: SyntaxNode, scope: Scope): string {
    return node.typename === 'Symbol' ? String(node['value']) : textOf(this.value(node, scope))
  }

  protected refuse(node: SyntaxNode): Error {
    return scaffolderFaults.expression({ where: this.#place(node), what: `"${node.typename}" is not supported in templates` })
  }

  protected fail(node: SyntaxNode, what: string): never {
    throw scaffolderFaults.expression({ where: this.#place(node), what })
  }

  #place(node: SyntaxNode): string {
    return `${this.where}:${node.lineno + 1}:${node.colno + 1}`
  }
}
