import { pathText } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import { objectiveOf, type Objective } from './objective.ts'
import { openSloObject } from './openslo-schema.ts'

/** An SLO as it stands in Git, and where it holds. */
export interface SloSource {
  /** The parsed document (`apiVersion: openslo/v1`, `kind: SLO`). */
  document: unknown
  component: string
  environment: string
  /** Named in problems, e.g. `acme/orders/slo.yaml`. */
  file?: string
}

/** What is wrong with an SLO, and where it would hold. */
export interface SloProblem extends FieldProblem {
  component: string
  environment: string
}

type Parsed = ReturnType<typeof openSloObject.safeParse>

/** Reads SLOs. A document that is the same object as before is not parsed again. */
export class SloReader {
  readonly #parsed = new WeakMap<object, Parsed>()

  read(source: SloSource): { objective: Objective } | { problems: SloProblem[] } {
    const { component, environment, file } = source
    const about = { component, environment, ...(file === undefined ? {} : { file }) }
    const parsed = this.#parse(source.document)
    if (!parsed.success) return { problems: parsed.error.issues.map((issue) => ({ ...about, field: pathText(issue.path), message: issue.message })) }
    if (parsed.data.kind !== 'SLO') return { problems: [{ ...about, field: 'kind', message: `must be SLO, not ${parsed.data.kind}` }] }
    const result = objectiveOf(parsed.data, { component, environment })
    return 'objective' in result ? result : { problems: result.problems.map((problem) => ({ ...about, ...problem })) }
  }

  #parse(document: unknown): Parsed {
    if (typeof document !== 'object' || document === null) return openSloObject.safeParse(document)
    const parsed = this.#parsed.get(document) ?? openSloObject.safeParse(document)
    this.#parsed.set(document, parsed)
    return parsed
  }
}
