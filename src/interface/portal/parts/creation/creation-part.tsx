import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Change } from '../../api/shapes.ts'
import { EntityLink } from '../../ui/links.tsx'
import { Strip } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { ActionFault } from '../action-fault.tsx'
import css from './creation.module.css'
import { runNotes, runOutput, runStepLook, runSteps, type Creation, type RunStep } from './run-steps.ts'

const Markdown = lazy(async () => ({ default: (await import('../markdown/markdown.tsx')).Markdown }))

/** The run of a golden path within its change: what it gives at its end, each step with its log, and what can be done when it failed. */
export function CreationPart({ change }: { change: Change }) {
  const creation = useQuery({
    queryKey: ['changes', 'creation', change.id],
    queryFn: ({ signal }) => api.call('creations.get', { params: { id: change.id } }, { signal }),
    retry: false,
  }).data
  if (creation === undefined) return null
  const isLast = creation.changeId === change.id
  const steps = isLast ? runSteps(change.plan?.details, creation.events) : []
  const hasEnded = creation.status === 'failed' || creation.status === 'cancelled'
  return (
    <>
      {isLast ? null : (
        <Strip tone="blue">
          This was an earlier attempt.{' '}
          <Link to="/changes/$id" params={{ id: creation.changeId }} style={{ textDecoration: 'underline' }}>
            Go to the newest one
          </Link>
        </Strip>
      )}
      {creation.status === 'completed' && isLast ? <Output output={creation.output} /> : null}
      {steps.length === 0 ? null : (
        <Section title="Golden path" id="golden-path" count={steps.length}>
          <ol className={css['steps']} aria-label="Steps of the golden path">
            {steps.map((step) => (
              <StepRow key={step.id} step={step} />
            ))}
          </ol>
          {hasEnded && isLast ? <Notes creation={creation} /> : null}
          {hasEnded && isLast ? <Again creation={creation} failed={steps.find((step) => step.status === 'failed')} /> : null}
        </Section>
      )}
    </>
  )
}

function StepRow({ step }: { step: RunStep }) {
  const isOpen = step.status === 'failed' || step.status === 'processing' || step.status === 'waiting'
  return (
    <li className={css['step']}>
      <div className={css['head']}>
        <span className={css['name']}>{step.name}</span>
        <code className="dim">{step.action}</code>
        <StateMark look={runStepLook(step.status)} />
      </div>
      {step.lines.length === 0 ? null : (
        <details open={isOpen}>
          <summary className="dim" style={{ fontSize: 12 }}>
            Log of {step.name}
          </summary>
          <pre className={css['log']} tabIndex={0} role="region" aria-label={`Log of ${step.name}`}>
            {step.lines.join('\n')}
          </pre>
        </details>
      )}
    </li>
  )
}

function Notes({ creation }: { creation: Creation }) {
  const notes = runNotes(creation.events).slice(1)
  return notes.length === 0 ? null : (
    <pre className={css['log']} tabIndex={0} role="region" aria-label="How the run ended">
      {notes.join('\n')}
    </pre>
  )
}

function Again({ creation, failed }: { creation: Creation; failed: RunStep | undefined }) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const go = (next: Change): void => {
    client.setQueryData(queries.change(next.id).queryKey, next)
    void navigate({ to: '/changes/$id', params: { id: next.id } })
  }
  const retry = useMutation({ mutationFn: () => api.call('creations.retry', { params: { id: creation.id }, body: {} }), onSuccess: go })
  const undo = useMutation({ mutationFn: () => api.call('creations.undo', { params: { id: creation.id } }), onSuccess: go })
  return (
    <>
      <div className={css['buttons']}>
        <Button loading={retry.isPending} disabled={undo.isPending} onClick={() => retry.mutate()}>
          {failed === undefined ? 'Try again' : `Try again from “${failed.name}”`}
        </Button>
        <Button variant="default" loading={undo.isPending} disabled={retry.isPending} onClick={() => undo.mutate()}>
          Take back what was made
        </Button>
      </div>
      {retry.error === null ? null : <ActionFault error={retry.error} verb="try this run again" onRetry={() => retry.mutate()} />}
      {undo.error === null ? null : <ActionFault error={undo.error} verb="take back what was made" onRetry={() => undo.mutate()} />}
    </>
  )
}

function Output({ output }: { output: Creation['output'] }) {
  const { links, texts } = runOutput(output)
  if (links.length === 0 && texts.length === 0) return null
  return (
    <Section title="What you have now" id="output">
      {links.length === 0 ? null : (
        <ul className={css['links']}>
          {links.map((link) => (
            <li key={`${link.title}${link.href}`}>
              {link.entityRef !== undefined ? (
                <EntityLink of={link.entityRef} title={link.title} />
              ) : link.href === undefined ? (
                link.title
              ) : (
                <a href={link.href} rel="noreferrer">
                  {link.title}
                </a>
              )}
            </li>
          ))}
        </ul>
      )}
      {texts.map((text) => (
        <div key={text.title} className={css['text']}>
          {text.title === '' ? null : <h3 style={{ fontSize: 13, fontWeight: 600 }}>{text.title}</h3>}
          <Suspense fallback={<p>{text.content}</p>}>
            <Markdown text={text.content} base={4} idPrefix={`output-${text.title}-`} />
          </Suspense>
        </div>
      ))}
    </Section>
  )
}
