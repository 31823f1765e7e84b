import type { parse } from '@bufbuild/cel'

/** A node of CEL's syntax tree (google/cel-spec, `cel.expr.Expr`), with macros already expanded. */
export type Expr = ReturnType<typeof parse>['expr']

type Comprehension = Extract<Expr['exprKind'], { case: 'comprehensionExpr' }>['value']

/** The free names of an expression: what it asks of its surroundings. */
export function namesOf(expr: Expr): string[] {
  const names = new Set<string>()
  collect(expr, new Set(), names)
  return [...names].sort()
}

function collect(expr: Expr | undefined, bound: ReadonlySet<string>, names: Set<string>): void {
  if (!expr) return
  const kind = expr.exprKind
  if (kind.case === 'identExpr') {
    if (!bound.has(kind.value.name)) names.add(kind.value.name)
    return
  }
  if (kind.case === 'comprehensionExpr') {
    const loop = kind.value
    collect(loop.iterRange, bound, names)
    collect(loop.accuInit, bound, names)
    const inner = new Set([...bound, loop.iterVar, loop.iterVar2, loop.accuVar])
    for (const part of [loop.loopCondition, loop.loopStep, loop.result]) collect(part, inner, names)
    return
  }
  for (const child of childrenOf(expr)) collect(child, bound, names)
}

/** Names of the functions and methods that are called; operators, which always exist, are left out. */
export function callsOf(expr: Expr | undefined): string[] {
  if (!expr) return []
  const kind = expr.exprKind
  const own = kind.case === 'callExpr' && /^[A-Za-z]/.test(kind.value.function) ? [kind.value.function] : []
  if (kind.case !== 'comprehensionExpr') return [...own, ...childrenOf(expr).flatMap(callsOf)]
  const { iterRange, accuInit, loopCondition, loopStep, result } = kind.value
  return [iterRange, accuInit, loopCondition, loopStep, result].flatMap(callsOf)
}

/**
 * An upper bound of the steps that an evaluation takes when no list or map has more than `size` members. A loop costs its body times
 * `size`, so that loops within loops multiply; CEL has no other way to take long (its regular expressions are RE2, linear).
 */
export function costOf(expr: Expr | undefined, size: number): number {
  if (!expr) return 0
  const kind = expr.exprKind
  if (kind.case === 'comprehensionExpr') return costOfLoop(kind.value, size)
  return 1 + childrenOf(expr).reduce((sum, child) => sum + costOf(child, size), 0)
}

function costOfLoop(loop: Comprehension, size: number): number {
  const body = 1 + costOf(loop.loopCondition, size) + costOf(loop.loopStep, size)
  // Lists that are added up are as long as all of them.
  const rounds = size * (1 + sumsIn(loop.iterRange))
  return costOf(loop.iterRange, size) + costOf(loop.accuInit, size) + rounds * body + costOf(loop.result, size)
}

function sumsIn(expr: Expr | undefined): number {
  if (!expr) return 0
  const kind = expr.exprKind
  if (kind.case === 'comprehensionExpr') return [kind.value.iterRange, kind.value.loopStep].reduce((sum, part) => sum + sumsIn(part), 0)
  const own = kind.case === 'callExpr' && kind.value.function === '_+_' ? 1 : 0
  return own + childrenOf(expr).reduce((sum, child) => sum + sumsIn(child), 0)
}

function childrenOf(expr: Expr): Expr[] {
  const kind = expr.exprKind
  switch (kind.case) {
    case 'selectExpr':
      return present(kind.value.operand)
    case 'callExpr':
      return [...present(kind.value.target), ...kind.value.args]
    case 'listExpr':
      return kind.value.elements
    case 'structExpr':
      return kind.value.entries.flatMap((entry) => [...(entry.keyKind.case === 'mapKey' ? [entry.keyKind.value] : []), ...present(entry.value)])
    default:
      return []
  }
}

function present(expr: Expr | undefined): Expr[] {
  return expr ? [expr] : []
}
