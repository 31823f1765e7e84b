import { scaffolderFaults } from '../scaffolder-faults.ts'
import { Budget, type Limits } from './budget.ts'
import { FILTERS } from './filters.ts'
import { GLOBALS } from './globals.ts'
import { callMethod } from './methods.ts'
import { Scope } from './scope.ts'
import { soleExpression, type SyntaxNode } from './syntax-tree.ts'
import { TESTS } from './tests.ts'
import { assertPrintable, isList, isMap, isTrue, mapOf, memberOf, textOf, toValue, type Value } from './value.ts'

/**
 * Interprets syntax trees with an allow list: what is not named here does not run. There is no way from a template to code: values are
 * JSON data without prototypes, look-ups see own members only, and calls reach the functions of `filters.ts`, `globals.ts` and `methods.ts` alone.
 */
class Evaluator {
  readonly #budget: Budget
  readonly #where: string

  constructor(where: string, limits?: Limits) {
    this.#where = where
    this.#budget = new Budget(where, limits)
  }

  render(node: SyntaxNode, scope: Scope): string {
    this.#budget.step()
    switch (node.typename) {
      case 'Root':
      case 'NodeList':
        return this.#budget.made((node.children ?? []).map((child) => this.render(child, scope)).join(''))
      case 'Output':
        return this.#budget.made(
          (node.children ?? [])
            .map((child) => (child.typename === 'TemplateData' ? textOf(child['value'] as Value) : textOf(this.value(child, scope))))
            .join(''),
        )
      case 'If':
        return isTrue(this.#field(node, 'cond', scope)) ? this.#body(node, 'body', scope) : this.#body(node, 'else_', scope)
      case 'For':
        return this.#renderFor(node, scope)
      case 'Set':
        this.#set(node, scope)
        return ''
      case 'Switch':
        return this.#renderSwitch(node, scope)
      default:
        throw this.#refuse(node)
    }
  }

  value(node: SyntaxNode, scope: Scope): Value {
    this.#budget.step()
    const children = node.children ?? []
    switch (node.typename) {
      case 'Literal':
        return typeof node['value'] === 'object' && node['value'] !== null
          ? this.#fail(node, 'regular expressions are not supported')
          : (node['value'] as Value)
      case 'Symbol':
        return scope.get(String(node['value']))
      case 'Group':
        return children.map((child) => this.value(child, scope)).at(-1)
      case 'Array':
        return children.map((child) => this.value(child, scope))
      case 'Dict':
        return mapOf(children.map((pair) => [this.#keyOf(pair['key'] as SyntaxNode, scope), this.value(pair['value'] as SyntaxNode, scope)] as const))
      case 'LookupVal':
        return memberOf(this.#field(node, 'target', scope), this.#field(node, 'val', scope))
      case 'InlineIf':
        return isTrue(this.#field(node, 'cond', scope)) ? this.#field(node, 'body', scope) : node['else_'] === null ? '' : this.#field(node, 'else_', scope)
      case 'Capture':
        return this.#body(node, 'body', scope)
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

  #operator(node: SyntaxNode, scope: Scope): Value {
    const left = (): Value => this.#field(node, 'left', scope)
    const right = (): Value => this.#field(node, 'right', scope)
    const numbers = (): [number, number] => [Number(textOf(left())), Number(textOf(right()))]
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
        return !isTrue(this.#field(node, 'target', scope))
      case 'In': {
        const [needle, hay] = [left(), right()]
        if (typeof hay === 'string') return hay.includes(textOf(needle))
        return isList(hay) ? hay.includes(needle) : isMap(hay) && Object.hasOwn(hay, textOf(needle))
      }
      case 'Concat':
        return this.#budget.made(textOf(left()) + textOf(right()))
      case 'Add': {
        const [a, b] = [left(), right()]
        return typeof a === 'number' && typeof b === 'number' ? a + b : this.#budget.made(textOf(a) + textOf(b))
      }
      case 'Sub':
        return numbers().reduce((a, b) => a - b)
      case 'Mul':
        return numbers().reduce((a, b) => a * b)
      case 'Div':
        return numbers().reduce((a, b) => a / b)
      case 'FloorDiv':
        return Math.floor(numbers().reduce((a, b) => a / b))
      case 'Mod':
        return numbers().reduce((a, b) => a % b)
      case 'Pow':
        return numbers().reduce((a, b) => a ** b)
      case 'Neg':
        return -Number(textOf(this.#field(node, 'target', scope)))
      case 'Pos':
        return Number(textOf(this.#field(node, 'target', scope)))
      default:
        throw this.#refuse(node)
    }
  }

  #filter(node: SyntaxNode, scope: Scope): Value {
    const name = String((node['name'] as SyntaxNode)['value'])
    const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined
    if (!filter) return this.#fail(node, `there is no filter "${name}"; there are: ${Object.keys(FILTERS).sort().join(', ')}`)
    const { values, named } = this.#arguments(node, scope)
    const [input, ...rest] = values
    this.#pay(values)
    return this.#made(node, () => filter(input, rest, { named, budget: this.#budget }))
  }

  #call(node: SyntaxNode, scope: Scope): Value {
    const callee = node['name'] as SyntaxNode
    const { values } = this.#arguments(node, scope)
    if (callee.typename === 'Symbol') {
      const name = String(callee['value'])
      const found = Object.hasOwn(GLOBALS, name) ? GLOBALS[name] : undefined
      if (!found) return this.#fail(node, `there is no function "${name}"; there are: ${Object.keys(GLOBALS).join(', ')}`)
      return this.#made(node, () => found(values, this.#budget))
    }
    if (callee.typename !== 'LookupVal') return this.#fail(node, 'this can not be called')
    const target = this.#field(callee, 'target', scope)
    const method = this.#field(callee, 'val', scope)
    this.#pay([target, ...values])
    return this.#made(node, () => callMethod(target, textOf(method), values, this.#budget))
  }

  /** Work on a long text or list costs more than on a short one. */
  #pay(values: readonly Value[]): void {
    for (const value of values) if (typeof value === 'string' || isList(value)) this.#budget.step(value.length >> 7)
  }

  #made(node: SyntaxNode, make: () => Value): Value {
    let result: Value
    try {
      result = make()
    } catch (error) {
      if (error instanceof TypeError || error instanceof RangeError) return this.#fail(node, 'it can not be used like this')
      if (error instanceof Error && error.name === 'Refusal') return this.#fail(node, error.message)
      throw error
    }
    return typeof result === 'string' ? this.#budget.made(result) : result
  }

  #is(node: SyntaxNode, scope: Scope): boolean {
    const right = node['right'] as SyntaxNode
    const named = right.typename === 'FunCall' ? (right['name'] as SyntaxNode) : right
    const name = String(named['value'])
    const test = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined
    if (!test) return this.#fail(node, `there is no test "${name}"; there are: ${Object.keys(TESTS).join(', ')}`)
    return test(this.#field(node, 'left', scope), right.typename === 'FunCall' ? this.#arguments(right, scope).values : [])
  }

  #compare(node: SyntaxNode, scope: Scope): boolean {
    let left = this.#field(node, 'expr', scope)
    for (const operand of node['ops'] as SyntaxNode[]) {
      const right = this.#field(operand, 'expr', scope)
      if (!holds(String(operand['type']), left, right)) return false
      left = right
    }
    return true
  }

  #arguments(node: SyntaxNode, scope: Scope): { values: Value[]; named: Record<string, Value> } {
    const values: Value[] = []
    const named: Record<string, Value> = Object.create(null) as Record<string, Value>
    for (const child of (node['args'] as SyntaxNode | null)?.children ?? []) {
      if (child.typename === 'KeywordArgs')
        for (const pair of child.children ?? []) named[this.#keyOf(pair['key'] as SyntaxNode, scope)] = this.value(pair['value'] as SyntaxNode, scope)
      else values.push(this.value(child, scope))
    }
    return { values, named }
  }

  #renderFor(node: SyntaxNode, scope: Scope): string {
    const subject = this.#field(node, 'arr', scope)
    const entries: [Value, Value][] = isList(subject) ? subject.map((item, index) => [index, item]) : isMap(subject) ? Object.entries(subject) : []
    if (entries.length === 0) return this.#body(node, 'else_', scope)
    const name = node['name'] as SyntaxNode
    const names = name.typename === 'Array' ? (name.children ?? []).map((child) => String(child['value'])) : [String(name['value'])]
    const parts = entries.map(([key, item], index) => {
      const inner = scope.child()
      if (names.length === 1) inner.declare(names[0] ?? '', isList(subject) ? item : key)
      else if (isList(subject)) names.forEach((each, position) => inner.declare(each, memberOf(item, position)))
      else names.forEach((each, position) => inner.declare(each, position === 0 ? key : item))
      inner.declare('loop', loopOf(index, entries.length))
      return this.#body(node, 'body', inner)
    })
    return this.#budget.made(parts.join(''))
  }

  #renderSwitch(node: SyntaxNode, scope: Scope): string {
    const subject = this.#field(node, 'expr', scope)
    const hit = (node['cases'] as SyntaxNode[]).find((each) => this.#field(each, 'cond', scope) === subject)
    return hit ? this.#body(hit, 'body', scope) : this.#body(node, 'default', scope)
  }

  #set(node: SyntaxNode, scope: Scope): void {
    const value = node['value'] === null ? this.value(node['body'] as SyntaxNode, scope) : this.#field(node, 'value', scope)
    for (const target of node['targets'] as SyntaxNode[]) scope.set(String(target['value']), value)
  }

  #field(node: SyntaxNode, name: string, scope: Scope): Value {
    return this.value(node[name] as SyntaxNode, scope)
  }

  #body(node: SyntaxNode, name: string, scope: Scope): string {
    const body = node[name] as SyntaxNode | null | undefined
    return body ? this.render(body, scope) : ''
  }

  #keyOf(node: SyntaxNode, scope: Scope): string {
    return node.typename === 'Symbol' ? String(node['value']) : textOf(this.value(node, scope))
  }

  #refuse(node: SyntaxNode): Error {
    return scaffolderFaults.expression({ where: this.#place(node), what: `"${node.typename}" is not supported in templates` })
  }

  #fail(node: SyntaxNode, what: string): never {
    throw scaffolderFaults.expression({ where: this.#place(node), what })
  }

  #place(node: SyntaxNode): string {
    return `${this.#where}:${node.lineno + 1}:${node.colno + 1}`
  }
}

function holds(operator: string, left: Value, right: Value): boolean {
  switch (operator) {
    case '==':
      return left === right || ((left ?? null) === null && (right ?? null) === null) || looselyEqual(left, right)
    case '===':
      return left === right
    case '!=':
      return !holds('==', left, right)
    case '!==':
      return left !== right
    default:
      return ordered(operator, left, right)
  }
}

/** `1 == '1'`, as JavaScript has it for scalars. */
function looselyEqual(left: Value, right: Value): boolean {
  return (
    typeof left !== 'object' &&
    typeof right !== 'object' &&
    left !== undefined &&
    right !== undefined &&
    typeof left !== typeof right &&
    Number(left) === Number(right)
  )
}

function ordered(operator: string, left: Value, right: Value): boolean {
  const [a, b] = typeof left === 'string' && typeof right === 'string' ? [left, right] : [Number(textOf(left)), Number(textOf(right))]
  if (operator === '<') return a < b
  if (operator === '>') return a > b
  return operator === '<=' ? a <= b : a >= b
}

function loopOf(index: number, length: number): Value {
  return mapOf(
    Object.entries({
      index: index + 1,
      index0: index,
      revindex: length - index,
      revindex0: length - index - 1,
      first: index === 0,
      last: index === length - 1,
      length,
    }),
  )
}

/** Renders a parsed template to text. @throws `platform.scaffolder.expression`. */
export function renderTree(root: SyntaxNode, context: Record<string, unknown>, options: { where: string; limits?: Limits }): string {
  return guarded(options.where, () => new Evaluator(options.where, options.limits).render(root, Scope.of(toValue(context))))
}

/** The value of a text: of exactly one `${{ … }}` its own value with its type, else the rendered text. @throws `platform.scaffolder.expression`. */
export function evaluateTree(root: SyntaxNode, context: Record<string, unknown>, options: { where: string; limits?: Limits }): Value {
  const sole = soleExpression(root)
  const scope = Scope.of(toValue(context))
  return guarded(options.where, () => {
    const evaluator = new Evaluator(options.where, options.limits)
    if (!sole) return evaluator.render(root, scope)
    const value = evaluator.value(sole, scope)
    assertPrintable(value)
    return value
  })
}

function guarded<T>(where: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) throw scaffolderFaults.expression({ where, what: 'it is nested too deeply' }, { cause: error })
    if (error instanceof TypeError) throw scaffolderFaults.expression({ where, what: 'a value can not be used like this' }, { cause: error })
    if (error instanceof Error && error.name === 'Refusal') throw scaffolderFaults.expression({ where, what: error.message }, { cause: error })
    throw error
  }
}
