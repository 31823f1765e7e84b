import { createContext, Script, type Context } from 'node:vm'
import { Pattern } from './template-language/index.ts'

const BACKTRACKING_MS = 50
/** The text and the pattern come in as data; nothing of a template is ever part of the code. */
const SCRIPT = new Script('new RegExp(source, "u").test(text)')
let room: Context | undefined

/** What JSON Schema's `pattern` needs of a regular expression. */
export interface SchemaPattern {
  test(text: string): boolean
  /** Its source. Ajv tells patterns of one schema apart by it. */
  toString(): string
}

/**
 * A pattern of a parameter schema. Most run in linear time; one that looks around runs as JavaScript has it, for 50 ms at most, after which it does
 * not match: a template can not hold up the platform by a pattern.
 * @throws Error when it is no pattern at all.
 */
export function schemaPattern(source: string): SchemaPattern {
  const linear = linearPattern(source)
  if (linear) return linear
  // oxlint-disable-next-line no-new -- says whether it is a pattern
  new RegExp(source, 'u')
  return {
    toString: () => source,
    test(text) {
      room ??= createContext(Object.create(null) as Context, { codeGeneration: { strings: false, wasm: false } })
      Object.assign(room, { source, text })
      try {
        return SCRIPT.runInContext(room, { timeout: BACKTRACKING_MS }) === true
      } catch {
        return false
      }
    },
  }
}

function linearPattern(source: string): SchemaPattern | undefined {
  try {
    const pattern = new Pattern(source)
    return {
      toString: () => source,
      test(text) {
        try {
          return pattern.test(text)
        } catch {
          // The text is too long for this pattern.
          return false
        }
      },
    }
  } catch {
    return undefined
  }
}
