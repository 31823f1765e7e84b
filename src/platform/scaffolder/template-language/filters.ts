import { parseEntityRef } from '#platform/catalog'
import { parseRepositoryUrl, type RepositoryUrl } from '../repository-url.ts'
import { widthOf, type Filter, type Filters } from './filter-call.ts'
import { LIST_FILTERS } from './list-filters.ts'
import { refuse } from './refusal.ts'
import { TEXT_FILTERS } from './text-filters.ts'
import { isClosed, isMap, isTrue, jsonOf, memberOf, textOf, toValue, type Value } from './value.ts'

const orDefault: Filter = (input, [otherwise, isForFalse]) => {
  // What is not known yet is there all the same.
  if (isClosed(input)) return input
  return (isTrue(isForFalse ?? false) ? isTrue(input) : input !== undefined) ? input : otherwise
}
const dump: Filter = (input, [indent]) => jsonOf(input, indent === undefined ? undefined : Number(indent))

function repositoryOf(input: Value): RepositoryUrl {
  return parseRepositoryUrl(textOf(input)) ?? refuse(`"${textOf(input).slice(0, 80)}" is no repository; write host?owner=…&repo=…`)
}

/** Backstage's own. */
const BACKSTAGE_FILTERS: Filters = {
  parseEntityRef: (input, [defaults]) => {
    const kind = isMap(defaults) ? memberOf(defaults, 'defaultKind') : undefined
    const namespace = isMap(defaults) ? memberOf(defaults, 'defaultNamespace') : undefined
    const parts = parseEntityRef(textOf(input), { ...(typeof kind === 'string' ? { kind } : {}), ...(typeof namespace === 'string' ? { namespace } : {}) })
    return parts ? toValue(parts) : refuse(`"${textOf(input).slice(0, 80)}" is no entity ref`)
  },
  parseRepoUrl: (input) => toValue(repositoryOf(input)),
  pick: (input, [key]) =>
    textOf(key)
      .split('.')
      .reduce<Value>((value, part) => memberOf(value, part), input),
  projectSlug: (input) => {
    const { owner, repo } = repositoryOf(input)
    return `${owner}/${repo}`
  },
}

const VALUE_FILTERS: Filters = {
  abs: (input) => Math.abs(Number(textOf(input))),
  d: orDefault,
  default: orDefault,
  dump,
  float: (input, [otherwise]) => (Number.isNaN(Number.parseFloat(textOf(input))) ? otherwise : Number.parseFloat(textOf(input))),
  int: (input, [otherwise, base], { named }) => {
    const radix = Number(base ?? named['base'] ?? 10)
    const result = Number.parseInt(textOf(input), radix >= 2 && radix <= 36 ? radix : 10)
    return Number.isNaN(result) ? (otherwise ?? named['default']) : result
  },
  jsonify: dump,
  round: (input, [digits, method]) => {
    const factor = 10 ** widthOf(digits, 0)
    const round = method === 'ceil' ? Math.ceil : method === 'floor' ? Math.floor : Math.round
    return round(Number(textOf(input)) * factor) / factor
  },
  safe: (input) => input,
  tojson: dump,
}

/** Nunjucks' filters that give the same each time, Jinja's that need no code, and Backstage's own. What is missing is refused by name. */
export const FILTERS: Filters = { ...TEXT_FILTERS, ...LIST_FILTERS, ...VALUE_FILTERS, ...BACKSTAGE_FILTERS }

/** Filters that take what is not known yet, or a secret, and pass it on. */
export const OPEN_TO_CLOSED = new Set(['d', 'default', 'safe'])
