import { Button } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import { ApiProblem } from '../../api/problem.ts'
import type { Template } from '../../api/shapes.ts'
import { ActionFault } from '../../parts/action-fault.tsx'
import { FormContext } from '../../parts/template-form/form-context.ts'
import { ParameterForm } from '../../parts/template-form/parameter-form.tsx'
import css from './create.module.css'
import { dropDraft } from './draft.ts'
import { ErrorSummary, type ShownFault } from './error-summary.tsx'
import { shownFault, useTemplateForm } from './form-state.ts'
import { Preview } from './preview.tsx'
import { secretFaults, SecretsPart } from './secrets-part.tsx'
import { StepNav } from './step-nav.tsx'

/** The form of a template's own schema. Faults show as a field is left, all of them when sent; the draft stays until the thing is made. */
export function TemplateForm({ template }: { template: Template }) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const form = useTemplateForm(template)
  const { pages, values, sent, faults } = form
  const [step, setStep] = useState(0)
  const [tried, setTried] = useState<ReadonlySet<number>>(new Set())
  const [secrets, setSecrets] = useState<Record<string, string>>({})
  const [key] = useState(() => crypto.randomUUID())
  const summary = useRef<HTMLDivElement>(null)
  const [settled] = useDebouncedValue(sent, 350)
  const preview = useQuery({
    queryKey: ['preview', template.ref, settled],
    queryFn: ({ signal }) => api.call('creations.preview', { body: { template: template.ref, values: settled } }, { signal }),
    enabled: faults.flat().length === 0,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  })
  const make = useMutation({
    mutationFn: () =>
      api.call(
        'creations.create',
        { body: { template: template.ref, values: sent, ...(Object.keys(secrets).length === 0 ? {} : { secrets }) } },
        { idempotencyKey: key },
      ),
    onSuccess: (change) => {
      dropDraft(template.ref)
      client.setQueryData(['changes', 'one', change.id], change)
      void navigate({ to: '/changes/$id', params: { id: change.id } })
    },
  })
  const lastStep = form.isWalked ? pages.length - 1 : 0
  const isLast = !form.isWalked || step === lastStep
  const missing = secretFaults(template.secrets, secrets)
  const served = (make.error instanceof ApiProblem && make.error.errors.length > 0 ? make.error.errors : (preview.data?.problems ?? [])).map(shownFault)
  const triedFaults = [...faults.flatMap((each, at) => (tried.has(at) ? each : [])), ...(tried.has(lastStep) ? missing : [])]
  const atFields = useMemo(() => {
    const shown = [
      ...served,
      ...faults.flatMap((each, at) => each.filter(({ id }) => tried.has(at) || [...form.left].some((one) => id === one || id.startsWith(`${one}-`)))),
    ]
    return new Map(shown.map(({ id, message }) => [id, message]))
  }, [served, faults, tried, form.left])
  const onSubmit = (): void => {
    const here = form.isWalked ? [step] : pages.map((_, at) => at)
    const checked = isLast ? [...pages.map((_, at) => at), lastStep] : here
    setTried((old) => new Set([...old, ...checked]))
    const wrong = checked.flatMap((at) => faults[at] ?? []).length + (isLast ? missing.length : 0)
    if (wrong > 0) requestAnimationFrame(() => summary.current?.focus())
    else if (isLast) make.mutate()
    else go(step + 1)
  }
  const go = (next: number): void => {
    setStep(next)
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-step-title]')?.focus())
  }
  const labels = buttonLabels(template)
  const name = typeof values['name'] === 'string' ? values['name'] : ''
  const shownPages = form.isWalked ? pages.filter((_, at) => at === step) : pages
  const elsewhere = served.filter(({ id }) => id === '')
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
        {form.isWalked ? (
          <StepNav
            titles={pages.map((page, at) => page.title || `Part ${at + 1}`)}
            at={step}
            faulty={[...tried].filter((at) => (faults[at] ?? []).length > 0)}
            onGo={go}
          />
        ) : null}
        <ErrorSummary
          ref={summary}
          faults={[...dedupe(triedFaults), ...elsewhere]}
          onOpen={(id) =>
            form.isWalked &&
            setStep(
              Math.max(
                0,
                faults.findIndex((each) => each.some((one) => one.id === id)),
              ),
            )
          }
        />
        <FormContext
          value={{
            faults: atFields,
            onLeave: form.leave,
            values,
            secrets,
            onSecret: (secret, text) => setSecrets((old) => ({ ...old, [secret]: text })),
          }}
        >
          {shownPages.map((page) => (
            <fieldset key={`${page.title}${pages.indexOf(page)}`} className={css['group']}>
              {page.title === '' ? null : (
                <legend className={css['legend']} data-step-title tabIndex={-1}>
                  {page.title}
                </legend>
              )}
              {page.description === '' ? null : <p className="dim">{page.description}</p>}
              <ParameterForm page={page} values={values} onChange={form.change} />
            </fieldset>
          ))}
        </FormContext>
        {isLast && template.secrets !== undefined ? (
          <SecretsPart
            schema={template.secrets}
            secrets={secrets}
            faults={tried.has(lastStep) ? missing : []}
            onChange={(secret, text) => setSecrets((old) => ({ ...old, [secret]: text }))}
          />
        ) : null}
        {make.error === null ? null : <ActionFault error={make.error} verb={`create from ${template.title}`} onRetry={() => make.mutate()} />}
        <div>
          <div className={css['buttons']}>
            {form.isWalked && step > 0 ? (
              <Button variant="default" onClick={() => go(step - 1)}>
                {labels.back ?? 'Back'}
              </Button>
            ) : null}
            <Button type="submit" loading={make.isPending}>
              {isLast ? (labels.create ?? `Create ${name}`.trim()) : (labels.next ?? 'Next')}
            </Button>
            <Button variant="subtle" color="gray" c="dimmed" onClick={form.startOver}>
              Start over
            </Button>
          </div>
          <p className="dim" style={{ marginTop: 8, fontSize: 12 }}>
            What you type is kept in this browser until it is created; secrets are not.
          </p>
        </div>
      </form>
      <div className={css['preview']}>
        <Preview preview={preview.data} error={preview.error} isOld={settled !== sent || faults.flat().length > 0} />
      </div>
    </div>
  )
}

function dedupe(faults: readonly ShownFault[]): ShownFault[] {
  return faults.filter((fault, at) => faults.findIndex((other) => other.id === fault.id) === at)
}

function buttonLabels({ presentation }: Template): { back?: string; create?: string; next?: string } {
  const labels = (presentation?.['buttonLabels'] ?? {}) as Record<string, unknown>
  const textOf = (key: string): Record<string, string> => (typeof labels[key] === 'string' ? { [key]: labels[key] } : {})
  const { backButtonText, createButtonText } = { ...textOf('backButtonText'), ...textOf('createButtonText') } as Record<string, string>
  return { ...(backButtonText === undefined ? {} : { back: backButtonText }), ...(createButtonText === undefined ? {} : { create: createButtonText }) }
}
