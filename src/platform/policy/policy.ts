import { z } from 'zod'
import { checkDocument, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import { compileExpression } from './expression.ts'

const VERBS = ['create', 'alter', 'replace', 'destroy', 'none', 'run'] as const

const text = z.string({ error: 'give a text here' }).trim().min(1, 'must not be empty')
const expression = text.max(4_096, 'an expression has 4096 characters at most')
const texts = z.array(text, { error: 'give a list of texts here' })
const match = z.strictObject({
  kinds: texts.optional(),
  environments: texts.optional(),
  verbs: z.array(z.enum(VERBS, { error: `one of ${VERBS.join(', ')}` })).optional(),
  drivers: texts.optional(),
})
const spec = z.strictObject(
  {
    description: z.string().optional(),
    match: match.default({}),
    variables: z.array(z.strictObject({ name: z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'a name is letters, digits and _'), expression })).default([]),
    validations: z
      .array(z.strictObject({ expression, message: text.optional(), messageExpression: expression.optional() }), { error: 'give a list of validations' })
      .min(1, 'give at least one validation'),
    effect: z.enum(['deny', 'warn'], { error: 'deny or warn' }).default('deny'),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'give an object with validations' : undefined) },
)

/** The document that a platform team writes, in the shape of Kubernetes' ValidatingAdmissionPolicy. */
const policyDocumentSchema = z.looseObject({
  apiVersion: z.literal('fairway.dev/v1'),
  kind: z.literal('Policy'),
  metadata: z.looseObject({ name: text, title: z.string().optional(), description: z.string().optional() }),
  spec,
})

/**
 * A rule about plans. It applies to a plan when all of `match` does; with `verbs` or `drivers`, or when it speaks of `action`, it is asked
 * once per action that matches, else once per plan. Each validation must be true.
 */
export interface Policy {
  name: string
  description: string
  /** `warn` only says so; `deny` ends the change. */
  effect: 'deny' | 'warn'
  match: z.infer<typeof match>
  variables: readonly { name: string; expression: string }[]
  validations: readonly { expression: string; message?: string | undefined; messageExpression?: string | undefined }[]
  /** Where it is written, e.g. `fairway/organisation:policies/tls.yaml`. */
  source: string
}

/** Reads a policy; a field or an expression that is wrong is named by file, line and field. Never throws. */
export function readPolicy(document: SourceDocument): { policy: Policy; problems: [] } | { policy?: undefined; problems: FieldProblem[] } {
  const checked = checkDocument(document, policyDocumentSchema)
  if (checked.value === undefined) return { problems: checked.problems }
  const { metadata, spec: rules } = checked.value
  const problems = expressionsOf(rules).flatMap(({ path, expression: source }): FieldProblem[] => {
    const compiled = compileExpression(source)
    if (compiled.outcome === 'compiled') return []
    return [{ field: fieldOf(path), message: compiled.message, file: document.file, ...document.locate(path) }]
  })
  if (problems.length > 0) return { problems }
  return {
    policy: {
      name: metadata.name,
      description: rules.description ?? metadata.description ?? metadata.title ?? '',
      effect: rules.effect,
      match: rules.match,
      variables: rules.variables,
      validations: rules.validations,
      source: document.file,
    },
    problems: [],
  }
}

function expressionsOf(rules: z.infer<typeof spec>): { path: (string | number)[]; expression: string }[] {
  return [
    ...rules.variables.map((variable, index) => ({ path: ['spec', 'variables', index, 'expression'], expression: variable.expression })),
    ...rules.validations.flatMap((validation, index) => [
      { path: ['spec', 'validations', index, 'expression'], expression: validation.expression },
      ...(validation.messageExpression === undefined
        ? []
        : [{ path: ['spec', 'validations', index, 'messageExpression'], expression: validation.messageExpression }]),
    ]),
  ]
}

function fieldOf(path: readonly (string | number)[]): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')
}
