/** `spec` of a `fairway.dev/v1` Scorecard. */
export interface ScorecardSpec {
  /** Which entities are scored; an absent list means all. */
  appliesTo: { kinds?: string[]; types?: string[] }
  /** From the lowest (rank 1) to the highest. */
  levels: { name: string; rank: number; color?: string; description?: string }[]
  rules: ScorecardRule[]
}

export interface ScorecardRule {
  id: string
  title: string
  description?: string
  /** Name of the level that needs this rule. */
  level?: string
  weight?: number
  /** CEL over `entity`; absent when the rule could not be said in it. */
  expression?: string
  failureMessage?: string
  /** The rule as it was written for another tool. */
  foreign?: { language: 'port' | 'cql'; source: string }
}
