import { textFilter, widthOf, type Filter, type Filters } from './filter-call.ts'
import { replaceEach } from './methods.ts'
import { Pattern } from './pattern.ts'
import { isList, isMap, isTrue, textOf } from './value.ts'

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase()
const escaped = textFilter((text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
)

const replace: Filter = (input, [from, to, count], { budget }) => {
  const text = textOf(input)
  if (from instanceof Pattern) return from.replace(text, textOf(to), from.isGlobal, (length) => budget.step(1 + (length >> 4)))
  if (typeof from !== 'string' && typeof from !== 'number') return input
  if (count !== undefined) {
    budget.search(text, textOf(from))
    const parts = text.split(textOf(from))
    const at = Math.min(Math.max(Number(count) || 0, 0), parts.length - 1) + 1
    budget.step(1 + ((text.length + at * textOf(to).length) >> 4))
    return [parts.slice(0, at).join(textOf(to)), ...parts.slice(at)].join(textOf(from))
  }
  // As Python has it: the replacement goes around each character.
  if (from === '') {
    budget.step(1 + ((text.length * (textOf(to).length + 1)) >> 4))
    return textOf(to) + Array.from(text, (character) => character + textOf(to)).join('')
  }
  return replaceEach(text, textOf(from), textOf(to), budget)
}

const truncate: Filter = (input, [length, isKillingWords, end], { named }) => {
  const [text, limit] = [textOf(input), Math.max(Number(length ?? named['length'] ?? 255) || 0, 0)]
  if (text.length <= limit) return text
  const space = isTrue(isKillingWords ?? named['killwords'] ?? false) ? -1 : text.lastIndexOf(' ', limit)
  const tail = end ?? named['end']
  return text.slice(0, space === -1 ? limit : space) + (tail === undefined || tail === null ? '...' : textOf(tail))
}

const urlize: Filter = (input, [length, isNofollow]) => {
  const attributes = isNofollow === true ? ' rel="nofollow"' : ''
  const limit = length === undefined ? Infinity : Number(length)
  const link = (word: string): string => {
    const bare = word.replace(/^[(<]/, '').replace(/[.,)]$/, '')
    const shown = bare.slice(0, Number.isNaN(limit) ? undefined : limit)
    if (/^https?:\/\//.test(bare)) return `<a href="${bare}"${attributes}>${shown}</a>`
    if (bare.startsWith('www.')) return `<a href="http://${bare}"${attributes}>${shown}</a>`
    if (bare.length < 320 && /^[\w.+-]+@[a-z\d-]+\.[a-z\d.-]+$/i.test(bare)) return `<a href="mailto:${bare}">${bare}</a>`
    return /\.(?:org|net|com)(?::|\/|$)/.test(bare) ? `<a href="http://${bare}"${attributes}>${shown}</a>` : word
  }
  return textOf(input)
    .split(/(\s+)/)
    .map((word) => (word.trim() === '' ? word : link(word)))
    .join('')
}

/** Filters of texts. */
export const TEXT_FILTERS: Filters = {
  capitalize: textFilter(capitalized),
  center: (input, [width]) => {
    const text = textOf(input)
    const missing = Math.max(widthOf(width, 80) - text.length, 0)
    return ' '.repeat(missing >> 1) + text + ' '.repeat(missing - (missing >> 1))
  },
  e: escaped,
  escape: escaped,
  forceescape: escaped,
  indent: (input, [width, isFirst], { named, budget }) => {
    const lines = textOf(input).split('\n')
    const pad = ' '.repeat(widthOf(width ?? named['width'], 4))
    budget.step(1 + ((lines.length * pad.length) >> 6))
    return lines.map((line, index) => (index === 0 && !isTrue(isFirst ?? named['indentfirst'] ?? named['first'] ?? false) ? line : pad + line)).join('\n')
  },
  lower: textFilter((text) => text.toLowerCase()),
  nl2br: textFilter((text) => text.split(/\r\n|\n/).join('<br />\n')),
  replace,
  string: (input) => textOf(input),
  striptags: (input, [isKeepingLines]) => {
    const bare = withoutComments(textOf(input))
      .replaceAll(/<[^<>]*>/g, '')
      .trim()
    if (!isTrue(isKeepingLines ?? false)) return bare.split(/\s+/).join(' ')
    return bare
      .split(/\r\n|\n/)
      .map((line) => line.trim().split(/ +/).join(' '))
      .join('\n')
      .replaceAll(/\n{3,}/g, '\n\n')
  },
  title: textFilter((text) => text.split(' ').map(capitalized).join(' ')),
  trim: textFilter((text) => text.trim()),
  truncate,
  upper: textFilter((text) => text.toUpperCase()),
  urlencode: (input) => {
    if (!isMap(input) && !isList(input)) return encodeURIComponent(textOf(input))
    const pairs = isList(input) ? input.map((pair) => (isList(pair) ? ([textOf(pair[0]), pair[1]] as const) : (['', pair] as const))) : Object.entries(input)
    return pairs.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(textOf(value))}`).join('&')
  },
  urlize,
  wordcount: (input) =>
    textOf(input)
      .split(/\W+/)
      .filter((word) => word !== '').length,
}

/** Each comment is looked for once, so that openings without an end cost nothing more. */
function withoutComments(text: string): string {
  const parts: string[] = []
  let at = 0
  for (let start = text.indexOf('<!--'); start !== -1; start = text.indexOf('<!--', at)) {
    const end = text.indexOf('-->', start + 4)
    if (end === -1) break
    parts.push(text.slice(at, start))
    at = end + 3
  }
  return parts.join('') + text.slice(at)
}
