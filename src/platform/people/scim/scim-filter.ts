import { parse } from 'scim2-parse-filter'
import { peopleFaults } from '../people-faults.ts'

/**
 * Reads a SCIM filter of the kind that directories send to find one of their resources: `userName eq "ana"`, `externalId eq "…"`.
 * @throws `platform.people.bad_resource` for one that is wrong, or asks for more.
 */
export function readFilter<C extends string>(filter: string | null, columns: Readonly<Record<string, C>>): { column: C; value: string } | undefined {
  if (filter === null || filter.trim() === '') return undefined
  if (filter.length > 1_000) throw peopleFaults.bad_resource({ what: 'the filter is too long' })
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(filter)
  } catch (error) {
    throw peopleFaults.bad_resource({ what: `the filter can not be read: ${error instanceof Error ? error.message : String(error)}` })
  }
  const column = 'attrPath' in parsed ? new Map(Object.entries(columns)).get(parsed.attrPath.toLowerCase()) : undefined
  if (parsed.op !== 'eq' || column === undefined || !('compValue' in parsed) || typeof parsed.compValue !== 'string')
    throw peopleFaults.bad_resource({ what: `filters are ${Object.keys(columns).join(', ')} with eq and a text` })
  return { column, value: parsed.compValue }
}
