/** What a sentence is made of. */
export interface Explained {
  ref: string
  /** Empty for the entity as a whole. */
  field: string
  value: unknown
  source: { file: string; line: number | null; column: number | null; repository: string; commit: string; location: string }
  last: { at: string; actor: string; changeId: string | null; commit: string | null; kind: string } | null
  relations: readonly { type: string; targetRef: string; declaredBy: string }[]
  problems: readonly { field: string; message: string }[]
}

const MAX_VALUE = 120

/** Says in words why a field is as it is. Pure. */
export function explainSentence({ ref, field, value, source, last, relations, problems }: Explained): string {
  const place = source.line === null ? source.file : `${source.file}:${source.line}:${source.column ?? 1}`
  const where =
    source.repository === '' ? place || source.location : `${place} in ${source.repository}${source.commit === '' ? '' : ` at ${source.commit.slice(0, 8)}`}`
  const by =
    last === null
      ? ''
      : ` ${nameOf(last.actor)} ${last.kind === 'added' ? 'added it' : last.kind === 'removed' ? 'removed it' : 'last altered it'} on ${last.at.slice(0, 10)}${causeOf(last)}.`
  const others = relations.filter(({ declaredBy }) => declaredBy !== ref)
  const declared =
    others.length === 0
      ? ''
      : ` ${others.length === 1 ? `The file of ${others[0]?.declaredBy} declares` : `Files of ${others.length} others declare`} relations of it.`
  const wrong = problems.length === 0 ? '' : ` Its file has a problem, so this is what last was good: ${problems[0]?.message}.`
  if (field === '') return `${ref} is declared in ${where}.${by}${declared}${wrong}`
  if (value === null) return `${ref} has no ${field}.${by}${wrong}`
  return `${field} of ${ref} is ${textOf(value)}, by ${where}.${by}${declared}${wrong}`
}

function textOf(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text
}

function nameOf(actor: string): string {
  return actor === 'system:fairway' ? 'The platform' : actor
}

function causeOf({ changeId, commit }: { changeId: string | null; commit: string | null }): string {
  if (changeId !== null) return ` by change ${changeId}`
  return commit === null || commit === '' ? '' : ` by commit ${commit.slice(0, 8)}`
}
