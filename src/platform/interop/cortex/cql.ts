import type { Translation } from '../port/port-query.ts'

/** What the subset of Cortex's query language reads of an entity, in CEL. Source: docs.cortex.io, CQL. */
const PATHS: [RegExp, string][] = [
  [/^entity\.description\(\)$/, 'entity.metadata.description'],
  [/^entity\.name\(\)$/, 'entity.metadata.title'],
  [/^entity\.tag\(\)$/, 'entity.metadata.name'],
  [/^entity\.type\(\)$/, 'entity.spec.type'],
]
const COMPARISON = /^(.+?)\s*(==|!=|>=|<=|>|<)\s*(null|true|false|-?\d+(?:\.\d+)?|"[^"\\]*")$/
const MAX_LENGTH = 2_000

/**
 * A CQL rule as CEL over `entity`: descriptions, owners, links, groups and custom data, compared and joined by and, or, not.
 * What asks an integration (git, oncall, snyk ...) can't be said. Pure; linear in the length of the text.
 */
export function celOfCql(source: string): Translation {
  if (source.length > MAX_LENGTH) return { reason: 'the expression is very long' }
  const text = source.trim()
  const parts = split(text)
  if (!parts) return { reason: 'the expression has unbalanced brackets or quotes' }
  if (parts.operator === undefined) return termOf(text)
  const translated = parts.terms.map((term) => celOfCql(term))
  const failed = translated.find((part) => part.reason !== undefined)
  if (failed) return failed
  return { expression: translated.map((part) => `(${part.expression})`).join(parts.operator === 'or' ? ' || ' : ' && ') }
}

function termOf(text: string): Translation {
  const negated = /^(?:not\s+|!)(.+)$/s.exec(text)?.[1]
  if (negated !== undefined) {
    const inner = celOfCql(negated)
    return inner.reason === undefined ? { expression: `!(${inner.expression})` } : inner
  }
  if (text.startsWith('(') && text.endsWith(')') && isWrapped(text)) return celOfCql(text.slice(1, -1))
  const match = COMPARISON.exec(text)
  if (!match) return { reason: `"${text.slice(0, 80)}" is no comparison that has a counterpart` }
  const [, left = '', operator = '==', right = 'null'] = match
  return compared(left.trim(), operator, right)
}

function compared(left: string, operator: string, right: string): Translation {
  const counted = /^(.+?)\.length(?:\(\))?$/.exec(left)?.[1]
  const list = listOf(counted ?? left)
  if (counted !== undefined && list !== undefined) return { expression: `${list} ${operator} ${right}` }
  const custom = /^custom\("([^"]{1,200})"\)$/.exec(left)?.[1]
  if (custom !== undefined)
    return presence(
      `entity.spec.properties[${JSON.stringify(custom)}]`,
      `has(entity.spec.properties) && ${JSON.stringify(custom)} in entity.spec.properties`,
      operator,
      right,
    )
  const path = PATHS.find(([pattern]) => pattern.test(counted ?? left))?.[1]
  if (path !== undefined)
    return counted === undefined ? presence(path, `has(${path})`, operator, right) : { expression: `(has(${path}) ? size(${path}) : 0) ${operator} ${right}` }
  if (left === 'git' && right === 'null')
    return {
      expression: `${operator === '==' ? '!' : ''}(has(entity.metadata.annotations) && ("github.com/project-slug" in entity.metadata.annotations || "gitlab.com/project-slug" in entity.metadata.annotations))`,
    }
  if (left === 'oncall' && right === 'null')
    return { expression: `${operator === '==' ? '!' : ''}(has(entity.metadata.annotations) && "pagerduty.com/service-id" in entity.metadata.annotations)` }
  return { reason: `"${left.slice(0, 80)}" asks what Fairway's catalog does not hold` }
}

/** How many there are of something, in CEL. */
function listOf(text: string): string | undefined {
  if (/^ownership(?:\.teams\(\)|\.allOwners\(\))$/.test(text)) return '(has(entity.spec.owner) && entity.spec.owner != "group:default/unknown" ? 1 : 0)'
  if (/^links\(\)$/.test(text)) return '(has(entity.metadata.links) ? size(entity.metadata.links) : 0)'
  if (/^groups\(\)$/.test(text)) return '(has(entity.metadata.tags) ? size(entity.metadata.tags) : 0)'
  if (/^dependencies\.out(?:\(\))?$/.test(text)) return '(has(entity.spec.dependsOn) ? size(entity.spec.dependsOn) : 0)'
  return undefined
}

function presence(value: string, exists: string, operator: string, right: string): Translation {
  if (right !== 'null') return { expression: operator === '!=' ? `!(${exists}) || ${value} != ${right}` : `${exists} && ${value} ${operator} ${right}` }
  if (operator === '!=') return { expression: `${exists} && ${value} != null` }
  return operator === '==' ? { expression: `!(${exists}) || ${value} == null` } : { reason: 'null is compared by == and != only' }
}

/** Splits at the weakest operator outside of brackets and quotes: `or` before `and`. */
function split(text: string): { operator?: 'or' | 'and'; terms: string[] } | undefined {
  let depth = 0
  let isQuoted = false
  const cuts: { operator: 'or' | 'and'; at: number; length: number }[] = []
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (letter === '"' && text[at - 1] !== '\\') isQuoted = !isQuoted
    if (isQuoted) continue
    if (letter === '(' || letter === '[' || letter === '{') depth++
    if (letter === ')' || letter === ']' || letter === '}') depth--
    if (depth < 0) return undefined
    if (depth > 0) continue
    const word = /^(?:\s(or|and)\s|(\|\||&&))/i.exec(text.slice(at, at + 5))
    if (!word) continue
    cuts.push({ operator: /or|\|\|/i.test(word[0]) ? 'or' : 'and', at, length: word[0].length })
    at += word[0].length - 1
  }
  if (depth !== 0 || isQuoted) return undefined
  const operator = cuts.some((cut) => cut.operator === 'or') ? 'or' : cuts.length > 0 ? 'and' : undefined
  if (operator === undefined) return { terms: [text] }
  const terms: string[] = []
  let from = 0
  for (const cut of cuts) {
    if (cut.operator !== operator) continue
    terms.push(text.slice(from, cut.at))
    from = cut.at + cut.length
  }
  terms.push(text.slice(from))
  return { operator, terms }
}

/** Whether the first bracket closes with the last letter. */
function isWrapped(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length - 1; at++) {
    if (text[at] === '(') depth++
    if (text[at] === ')') depth--
    if (depth === 0) return false
  }
  return true
}
