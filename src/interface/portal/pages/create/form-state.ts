import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { Json } from '#contract'
import { queries } from '../../api/queries.ts'
import type { FieldFault, Template } from '../../api/shapes.ts'
import { inputId } from '../../parts/template-form/form-context.ts'
import { formPages, isWalked, pageFaults, secretNames, sentValues, startValues, type FormPage, type Values } from '../../parts/template-form/form-model.ts'
import { dropDraft, keepDraft, loadDraft } from './draft.ts'
import type { ShownFault } from './error-summary.tsx'

export interface TemplateFormState {
  pages: FormPage[]
  isWalked: boolean
  values: Values
  /** What would be sent now. */
  sent: Record<string, Json>
  /** Of each page, in the form's order. */
  faults: ShownFault[][]
  /** What was left by the reader, by id of the input. */
  left: ReadonlySet<string>
  change: (altered: Values) => void
  leave: (id: string) => void
  startOver: () => void
}

/** What is filled into a template's form: defaults, the draft, and what is wrong with it. */
export function useTemplateForm(template: Template): TemplateFormState {
  const me = useQuery(queries.me()).data
  const pages = useMemo(() => formPages(template.parameters), [template])
  const owner = me?.groups.length === 1 ? me.groups[0] : undefined
  const [values, setValues] = useState<Values>(() => startValues(pages, loadDraft(template.ref), owner))
  // Who the reader is may be known only later than the form.
  useEffect(() => {
    if (owner !== undefined) setValues((old) => startValues(pages, old, owner))
  }, [pages, owner])
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const secret = useMemo(() => secretNames(pages), [pages])
  useEffect(() => keepDraft(template.ref, values, secret), [template.ref, values, secret])
  const faults = useMemo(
    () => pageFaults(pages, values).map((each) => each.map(({ path, title, message }) => ({ id: inputId(path), title, message }))),
    [pages, values],
  )
  return {
    pages,
    isWalked: isWalked(pages),
    values,
    sent: useMemo(() => sentValues(pages, values), [pages, values]),
    faults,
    left,
    change: (altered) => setValues((old) => ({ ...old, ...altered })),
    leave: (id) => setLeft((old) => (old.has(id) ? old : new Set([...old, id]))),
    startOver: () => {
      dropDraft(template.ref)
      setLeft(new Set())
      setValues(startValues(pages, {}, owner))
    },
  }
}

/** Of a server's fault the input that it is about: `values.addresses[0]` and `/addresses/0` are `field-addresses-0`. */
export function shownFault({ field, message }: FieldFault): ShownFault {
  const path = field
    .replace(/^(?:\$\.|values(?=[./[]|$)|\/)+/, '')
    .split(/[./[\]]+/)
    .filter((part) => part !== '')
  return { id: path.length === 0 ? '' : inputId(path), title: path.at(-1) ?? '', message }
}
