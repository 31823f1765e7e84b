import { Button } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import { ApiProblem } from '../../api/problem.ts'
import type { FieldFault, Template } from '../../api/shapes.ts'
import { FaultNotice } from '../../ui/notice.tsx'
import css from './create.module.css'
import { dropDraft, keepDraft, loadDraft } from './draft.ts'
import { ErrorSummary } from './error-summary.tsx'
import { FieldInput } from './field-input.tsx'
import { faultsOf, fieldNameOf, filledValues, groupsOf, startValues, type Values } from './form-schema.ts'
import { Preview } from './preview.tsx'

/** The form of a template's own schema. Faults show as a field is left, all of them when sent; the draft stays until the thing is made. */
export function TemplateForm({ template }: { template: Template }) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const groups = useMemo(() => groupsOf(template.parameters), [template])
  const [values, setValues] = useState<Values>(() => startValues(groups, loadDraft(template.ref)))
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [wasSent, setSent] = useState(false)
  const [key] = useState(() => crypto.randomUUID())
  const summary = useRef<HTMLDivElement>(null)
  const faults = faultsOf(groups, values)
  const [settled] = useDebouncedValue(values, 350)
  const isPreviewable = faultsOf(groups, settled).length === 0
  const preview = useQuery({
    queryKey: ['preview', template.ref, settled],
    queryFn: () => api.call('creations.preview', { body: { template: template.ref, values: filledValues(settled) } }),
    enabled: isPreviewable,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  })
  const make = useMutation({
    mutationFn: () => api.call('creations.create', { body: { template: template.ref, values: filledValues(values) } }, { idempotencyKey: key }),
    onSuccess: (change) => {
      dropDraft(template.ref)
      client.setQueryData(['changes', 'one', change.id], change)
      void navigate({ to: '/changes/$id', params: { id: change.id } })
    },
  })
  useEffect(() => keepDraft(template.ref, groups, values), [template.ref, groups, values])
  const fromServer: readonly FieldFault[] = make.error instanceof ApiProblem ? make.error.errors : (preview.data?.problems ?? [])
  const served = fromServer.map((fault) => ({ ...fault, field: fieldNameOf(fault.field) }))
  const faultAt = (name: string): string | null => {
    const own = faults.find((fault) => fault.field === name)
    if (own !== undefined) return wasSent || left.has(name) ? own.message : null
    return served.find((fault) => fault.field === name)?.message ?? null
  }
  const onSubmit = (): void => {
    setSent(true)
    if (faults.length === 0) make.mutate()
    else requestAnimationFrame(() => summary.current?.focus())
  }
  return (
    <div className={css['layout']}>
      <form
        className={css['form']}
        noValidate
        aria-label={template.title}
        onSubmit={(event) => {
          event.preventDefault()
          onSubmit()
        }}
      >
        <ErrorSummary ref={summary} faults={wasSent ? faults : []} groups={groups} />
        {groups.map((group) => (
          <fieldset key={group.title} className={css['group']}>
            <legend className={css['legend']}>{group.title}</legend>
            {group.description === '' ? null : <p className="dim">{group.description}</p>}
            {group.fields.map((field) => (
              <FieldInput
                key={field.name}
                field={field}
                value={values[field.name]}
                fault={faultAt(field.name)}
                onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
                onBlur={() => setLeft((old) => new Set([...old, field.name]))}
              />
            ))}
          </fieldset>
        ))}
        {make.error === null ? null : <FaultNotice error={make.error} what="service" onRetry={() => make.mutate()} />}
        <div>
          <Button type="submit" loading={make.isPending}>
            Create {typeof values['name'] === 'string' && values['name'] !== '' ? values['name'] : ''}
          </Button>
          <p className="dim" style={{ marginTop: 8, fontSize: 12 }}>
            What you type is kept in this browser until it is created.
          </p>
        </div>
      </form>
      <div className={css['preview']}>
        <Preview preview={preview.data} error={preview.error} />
      </div>
    </div>
  )
}
