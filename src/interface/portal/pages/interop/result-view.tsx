import { Button } from '@mantine/core'
import { useState } from 'react'
import type { OutputOf } from '#contract'
import { plural } from '../../format/quantity.ts'
import { EntityLink, RepositoryLink } from '../../ui/links.tsx'
import type { Look } from '../../ui/looks.ts'
import { Strip } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, TwoLines } from '../../ui/table.tsx'
import { PullLink } from '../campaigns/pull-link.tsx'
import css from './interop.module.css'

type Result = OutputOf<'imports.create'>
type Imported = Result['entities'][number]

const looks: Record<Imported['change'], Look> = {
  added: { tone: 'green', shape: 'disc', word: 'New' },
  altered: { tone: 'blue', shape: 'disc', word: 'Altered' },
  unchanged: { tone: 'grey', shape: 'dash', word: 'As before' },
  conflict: { tone: 'amber', shape: 'triangle', word: 'Declared elsewhere' },
}
const MOST_ROWS = 200

/** What an import would do or did: entities, what does not fit, what is wrong. */
export function ResultView({ result, isDry }: { result: Result; isDry: boolean }) {
  const [isWhole, setWhole] = useState(false)
  const { entities, losses, problems, repository, commit, pullRequest } = result
  const shown = isWhole ? entities : entities.slice(0, MOST_ROWS)
  return (
    <div>
      <Strip tone={isDry ? 'blue' : 'green'}>
        <div>
          <strong>{isDry ? 'Nothing is written yet.' : 'Imported.'}</strong> {sentenceOf(result)}
          {isDry || repository === null ? null : (
            <>
              {' '}
              Written to <RepositoryLink repository={repository} />
              {commit === null ? '' : ` at ${commit.slice(0, 7)}`}
              {pullRequest === null ? null : (
                <>
                  , as pull request <PullLink {...pullRequest} />
                </>
              )}
              .
            </>
          )}
        </div>
      </Strip>
      {problems.length === 0 ? null : (
        <Section title="To correct" count={problems.length}>
          <ul className={css['problems']}>
            {problems.map((problem) => (
              <li key={`${problem.file}${problem.line}${problem.field}${problem.message}`}>
                {problem.file === undefined ? null : (
                  <code>
                    {problem.file}
                    {problem.line === undefined ? '' : `:${problem.line}`}
                  </code>
                )}{' '}
                {problem.field === '' ? '' : `${problem.field}: `}
                {problem.message}
              </li>
            ))}
          </ul>
        </Section>
      )}
      <LossTable losses={losses} />
      {entities.length === 0 ? null : (
        <Section title="Entities" count={entities.length}>
          <Table
            label="Entities"
            rows={shown}
            rowKey={(entity) => entity.ref}
            columns={[
              {
                key: 'ref',
                title: 'Entity',
                isMain: true,
                cell: (entity) => (
                  <TwoLines
                    main={isDry ? entity.ref : <EntityLink of={entity.ref} title={entity.ref} />}
                    sub={entity.needsReview ? 'Look at it before you rely on it' : ''}
                  />
                ),
              },
              { key: 'change', title: 'Change', width: 160, cell: (entity) => <StateMark look={looks[entity.change]} /> },
              {
                key: 'text',
                title: 'Descriptor',
                cell: (entity) => (
                  <details>
                    <summary className="dim">Show</summary>
                    <pre className={css['text']} tabIndex={0} role="region" aria-label={`Descriptor of ${entity.ref}`}>
                      {entity.text}
                    </pre>
                  </details>
                ),
              },
            ]}
          />
          {shown.length === entities.length ? null : (
            <Button variant="subtle" color="gray" fullWidth onClick={() => setWhole(true)}>
              Show all {entities.length}
            </Button>
          )}
        </Section>
      )}
    </div>
  )
}

const effects: Record<Result['losses'][number]['effect'], Look> = {
  dropped: { tone: 'red', shape: 'cross', word: 'Lost' },
  approximated: { tone: 'amber', shape: 'triangle', word: 'Close to it' },
  kept: { tone: 'grey', shape: 'dash', word: 'Kept aside' },
}

/** What does not fit the other side, field by field: the worst first. */
export function LossTable({ losses }: { losses: Result['losses'] }) {
  const [isWhole, setWhole] = useState(false)
  if (losses.length === 0) return null
  const order = ['dropped', 'approximated', 'kept']
  const sorted = losses.toSorted((a, b) => order.indexOf(a.effect) - order.indexOf(b.effect))
  const shown = isWhole ? sorted : sorted.slice(0, MOST_ROWS)
  return (
    <Section title="What does not fit" count={losses.length}>
      <Table
        label="What does not fit"
        rows={shown.map((loss, at) => ({ ...loss, key: String(at) }))}
        rowKey={(loss) => loss.key}
        columns={[
          { key: 'effect', title: 'Effect', width: 130, cell: (loss) => <StateMark look={effects[loss.effect]} /> },
          { key: 'field', title: 'Field', isMain: true, cell: (loss) => <TwoLines main={<code>{loss.field}</code>} sub={loss.path} /> },
          { key: 'reason', title: 'Why', cell: (loss) => <span className={css['reason']}>{loss.reason}</span> },
        ]}
      />
      {shown.length === losses.length ? null : (
        <Button variant="subtle" color="gray" fullWidth onClick={() => setWhole(true)}>
          Show all {losses.length}
        </Button>
      )}
    </Section>
  )
}

function sentenceOf({ entities, losses, problems }: Result): string {
  const of = (change: Imported['change']): number => entities.filter((entity) => entity.change === change).length
  const parts = [
    `${of('added')} new`,
    `${of('altered')} altered`,
    `${of('unchanged')} as before`,
    of('conflict') === 0 ? '' : `${of('conflict')} declared elsewhere`,
  ]
  const words = parts.filter((part) => part !== '').join(', ')
  const lost = losses.filter((loss) => loss.effect === 'dropped').length
  return `${words}; ${lost === 0 ? 'nothing is lost' : `${plural(lost, 'field')} lost`}${problems.length === 0 ? '' : `; ${plural(problems.length, 'thing')} to correct`}.`
}
