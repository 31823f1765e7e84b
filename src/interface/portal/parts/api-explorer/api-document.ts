/** A field of a message, a schema or a call; what it holds is read when it is unfolded, so that types that hold themselves end. */
export interface Field {
  name: string
  /** In words: `array of Pet`, `string (date-time)`. */
  type: string
  isRequired: boolean
  isDeprecated?: boolean
  description: string
  /** What else is said of its values: `one of "a", "b"`, `at least 1`. */
  notes: readonly string[]
  children: (() => Field[]) | null
}

/** A part of an item: fields, or a text such as an example. */
export interface ApiPart {
  title: string
  description?: string
  fields?: readonly Field[]
  code?: { text: string; language: string }
}

/** One operation, message, method, type or tool. */
export interface ApiItem {
  key: string
  /** `GET`, `send`, `query`, `rpc`; empty for a type. */
  verb: string
  name: string
  summary: string
  description: string
  isDeprecated: boolean
  parts: () => ApiPart[]
}

export interface ApiGroup {
  title: string
  description: string
  items: ApiItem[]
}

/** What an API's definition says, whatever it is written in. */
export interface ApiDocument {
  title: string
  version: string
  /** In words: `OpenAPI 3.1.0`. */
  format: string
  description: string
  facts: readonly (readonly [string, string])[]
  groups: ApiGroup[]
}

/** The groups with only those items that have all the words. Pure. */
export function searchGroups(groups: readonly ApiGroup[], text: string): ApiGroup[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...groups]
  return groups.flatMap((group) => {
    const items = group.items.filter((item) => {
      const said = `${group.title} ${item.verb} ${item.name} ${item.summary} ${item.description}`.toLowerCase()
      return words.every((word) => said.includes(word))
    })
    return items.length === 0 ? [] : [{ ...group, items }]
  })
}
