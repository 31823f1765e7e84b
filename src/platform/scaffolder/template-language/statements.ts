import { ExpressionEvaluator, type EvaluatorOptions } from './expressions.ts'
import { assertOpen, Callable } from './opaque.ts'
import { refuse } from './refusal.ts'
import type { Scope } from './scope.ts'
import type { SyntaxNode } from './syntax-tree.ts'
import { isList, isMap, isTrue, mapOf, memberOf, textOf, type Value } from './value.ts'

/** Another file of the folder that is being rendered. */
export interface OtherTemplate {
  /** For messages, and what its own relative names start from. */
  name: string
  root: SyntaxNode
}

/** Finds a file for `include`, `import` and `extends`; undefined when it is not there. */
export type TemplateLoader = (name: string, from: string) => OtherTemplate | undefined

interface Document {
  /** Bodies of each block, the youngest first. */
  blocks: Map<string, { body: SyntaxNode; where: string }[]>
  /** Set once `extends` was seen: blocks are then the parent's to place. */
  isExtending: boolean
  /** The block that is being rendered, and which of its bodies. */
  current: { name: string; index: number } | undefined
}

const MAX_DEPTH = 20

/** Interprets statements: the rest of nunjucks. Files come from the loader alone. */
export class StatementEvaluator extends ExpressionEvaluator {
  readonly #load: TemplateLoader | undefined
  #document: Document = { blocks: new Map(), isExtending: false, current: undefined }
  #depth = 0

  constructor(options: EvaluatorOptions & { load?: TemplateLoader | undefined }) {
    super(options)
    this.#load = options.load
  }

  /** Renders a whole document: when it extends another one, that one with this one's blocks. */
  renderDocument(root: SyntaxNode, scope: Scope): string {
    for (const block of blocksOf(root)) {
      const name = String((block['name'] as SyntaxNode)['value'])
      const bodies = this.#document.blocks.get(name) ?? []
      bodies.push({ body: block['body'] as SyntaxNode, where: this.where })
      this.#document.blocks.set(name, bodies)
    }
    let parent: OtherTemplate | undefined
    const text: string[] = []
    for (const child of root.children ?? []) {
      if (child.typename === 'Extends') {
        parent = this.#find(child, scope)
        this.#document.isExtending = true
      } else text.push(this.render(child, scope))
    }
    this.#document.isExtending = false
    if (!parent) return this.budget.made(text.join(''))
    const found = parent
    return this.#inside(found, () => this.renderDocument(found.root, scope))
  }

  /** Accounts for a value that was put together outside. */
  settled(value: Value): Value {
    return typeof value === 'string' ? this.budget.made(value) : value
  }

  render(node: SyntaxNode, scope: Scope): string {
    this.budget.step()
    switch (node.typename) {
      case 'Root':
      case 'NodeList':
        return this.budget.made((node.children ?? []).map((child) => this.render(child, scope)).join(''))
      case 'Output':
        return this.budget.made(
          (node.children ?? [])
            .map((child) => (child.typename === 'TemplateData' ? textOf(child['value'] as Value) : textOf(this.value(child, scope))))
            .join(''),
        )
      case 'If':
      case 'IfAsync':
        return isTrue(this.field(node, 'cond', scope)) ? this.body(node, 'body', scope) : this.body(node, 'else_', scope)
      case 'For':
      case 'AsyncEach':
      case 'AsyncAll':
        return this.#renderFor(node, scope)
      case 'Set':
        this.#set(node, scope)
        return ''
      case 'Switch':
        return this.#renderSwitch(node, scope)
      case 'Macro':
        scope.set(String((node['name'] as SyntaxNode)['value']), this.#macro(node, scope.fresh.bind(scope)))
        return ''
      case 'Include':
        return this.#include(node, scope)
      case 'Import':
        scope.set(String((node['target'] as SyntaxNode)['value']), mapOf(this.#exportsOf(node, scope)))
        return ''
      case 'FromImport':
        this.#fromImport(node, scope)
        return ''
      case 'Block':
        return this.#document.isExtending ? '' : this.#renderBlock(String((node['name'] as SyntaxNode)['value']), 0, scope)
      case 'Extends':
        return this.fail(node, 'extends stands at the top of a file, not inside a block')
      default:
        throw this.refuse(node)
    }
  }

  protected body(node: SyntaxNode, name: string, scope: Scope): string {
    const body = node[name] as SyntaxNode | null | undefined
    return body ? this.render(body, scope) : ''
  }

  protected callerOf(node: SyntaxNode, scope: Scope): Callable<Value> {
    return this.#macro(node, () => scope.closed())
  }

  protected superOf(node: SyntaxNode, scope: Scope): Value {
    const { current } = this.#document
    if (!current || !this.#document.blocks.get(current.name)?.[current.index + 1]) return this.fail(node, 'there is no block above this one')
    return this.#renderBlock(current.name, current.index + 1, scope)
  }

  #renderBlock(name: string, index: number, scope: Scope): string {
    const found = this.#document.blocks.get(name)?.[index]
    if (!found) return ''
    const [before, where] = [this.#document.current, this.where]
    this.#document.current = { name, index }
    this.where = found.where
    try {
      return this.#deeper(() => this.render(found.body, scope.child()))
    } finally {
      this.#document.current = before
      this.where = where
    }
  }

  #renderFor(node: SyntaxNode, scope: Scope): string {
    const subject = this.field(node, 'arr', scope)
    assertOpen(subject)
    const entries: [Value, Value][] = isList(subject) ? subject.map((item, index) => [index, item]) : isMap(subject) ? Object.entries(subject) : []
    if (entries.length === 0) return this.body(node, 'else_', scope)
    const name = node['name'] as SyntaxNode
    const names = name.typename === 'Array' ? (name.children ?? []).map((child) => String(child['value'])) : [String(name['value'])]
    const parts = entries.map(([key, item], index) => {
      const inner = scope.child()
      if (names.length === 1) inner.declare(names[0] ?? '', isList(subject) ? item : key)
      else if (isList(subject)) names.forEach((each, position) => inner.declare(each, memberOf(item, position)))
      else names.forEach((each, position) => inner.declare(each, position === 0 ? key : item))
      inner.declare('loop', loopOf(index, entries.length))
      return this.body(node, 'body', inner)
    })
    return this.budget.made(parts.join(''))
  }

  #renderSwitch(node: SyntaxNode, scope: Scope): string {
    const subject = this.field(node, 'expr', scope)
    assertOpen(subject)
    const cases = node['cases'] as SyntaxNode[]
    const first = cases.findIndex((each) => this.field(each, 'cond', scope) === subject)
    // As in JavaScript, an empty case falls through to the next one.
    const hit = first === -1 ? undefined : cases.slice(first).find((each) => ((each['body'] as SyntaxNode | null)?.children ?? []).length > 0)
    return hit ? this.body(hit, 'body', scope) : this.body(node, 'default', scope)
  }

  #set(node: SyntaxNode, scope: Scope): void {
    const value = node['value'] === null ? this.value(node['body'] as SyntaxNode, scope) : this.field(node, 'value', scope)
    for (const target of node['targets'] as SyntaxNode[]) scope.set(String(target['value']), value)
  }

  #macro(node: SyntaxNode, scopeFor: () => Scope): Callable<Value> {
    const name = String((node['name'] as SyntaxNode)['value'])
    const where = this.where
    const parameters = (node['args'] as SyntaxNode).children ?? []
    const required = parameters.filter((child) => child.typename !== 'KeywordArgs').map((child) => String(child['value']))
    const optional = parameters
      .filter((child) => child.typename === 'KeywordArgs')
      .flatMap((child) => child.children ?? [])
      .map((pair) => ({ name: String((pair['key'] as SyntaxNode)['value']), otherwise: pair['value'] as SyntaxNode }))
    return new Callable<Value>(name, (values, named) => {
      const scope = scopeFor()
      const given = (key: string, index: number): Value => (Object.hasOwn(named, key) ? named[key] : values[index])
      required.forEach((key, index) => scope.declare(key, given(key, index)))
      if (Object.hasOwn(named, 'caller')) scope.declare('caller', named['caller'])
      const before = this.where
      this.where = where
      try {
        return this.#deeper(() => {
          optional.forEach(({ name: key, otherwise }, index) => scope.declare(key, given(key, required.length + index) ?? this.value(otherwise, scope)))
          return this.body(node, 'body', scope)
        })
      } finally {
        this.where = before
      }
    })
  }

  #include(node: SyntaxNode, scope: Scope): string {
    const found = this.#find(node, scope, node['ignoreMissing'] === true)
    if (!found) return ''
    return this.#inside(found, () => this.#apart(() => this.renderDocument(found.root, scope.closed())))
  }

  #exportsOf(node: SyntaxNode, scope: Scope): ReadonlyMap<string, Value> {
    const found = this.#find(node, scope)
    if (!found) return new Map()
    const inner = scope.forDocument(node['withContext'] === true)
    this.#inside(found, () => this.#apart(() => this.renderDocument(found.root, inner)))
    return inner.exports
  }

  #fromImport(node: SyntaxNode, scope: Scope): void {
    const exported = this.#exportsOf(node, scope)
    for (const child of (node['names'] as SyntaxNode).children ?? []) {
      const [from, to] = child.typename === 'Pair' ? [child['key'] as SyntaxNode, child['value'] as SyntaxNode] : [child, child]
      const name = String(from['value'])
      if (!exported.has(name)) this.fail(node, `there is no "${name}" to import`)
      scope.set(String(to['value']), exported.get(name))
    }
  }

  #find(node: SyntaxNode, scope: Scope, isOptional?: false): OtherTemplate
  #find(node: SyntaxNode, scope: Scope, isOptional: boolean): OtherTemplate | undefined
  #find(node: SyntaxNode, scope: Scope, isOptional = false): OtherTemplate | undefined {
    const named = this.field(node, 'template', scope)
    for (const candidate of isList(named) ? named : [named]) {
      const found = this.#load?.(textOf(candidate), this.where)
      if (found) return found
    }
    if (isOptional) return undefined
    const why = this.#load ? 'is not in the folder of this template' : 'can not be read here: only files of a fetched folder have others beside them'
    return this.fail(node, `"${textOf(isList(named) ? named[0] : named).slice(0, 80)}" ${why}`)
  }

  #inside<T>(other: OtherTemplate, work: () => T): T {
    const before = this.where
    this.where = other.name
    try {
      return this.#deeper(work)
    } finally {
      this.where = before
    }
  }

  /** With blocks of its own. */
  #apart<T>(work: () => T): T {
    const before = this.#document
    this.#document = { blocks: new Map(), isExtending: false, current: undefined }
    try {
      return work()
    } finally {
      this.#document = before
    }
  }

  #deeper<T>(work: () => T): T {
    if (this.#depth >= MAX_DEPTH) refuse(`macros, blocks and files call each other more than ${MAX_DEPTH} deep`)
    this.#depth++
    try {
      return work()
    } finally {
      this.#depth--
    }
  }
}

function blocksOf(node: SyntaxNode): SyntaxNode[] {
  const own = node.typename === 'Block' ? [node] : []
  const below = [...(node.children ?? []), ...['body', 'else_'].flatMap((field) => (isNode(node[field]) ? [node[field]] : []))]
  return [...own, ...below.flatMap(blocksOf)]
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { typename?: unknown }).typename === 'string'
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
