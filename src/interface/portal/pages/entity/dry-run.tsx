import type { UseQueryResult } from '@tanstack/react-query'
import type { DescriptorCheck } from '../../api/entity-queries.ts'
import { EntityLink } from '../../ui/links.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import type { Look } from '../../ui/looks.ts'
import { changedFields } from './changed-fields.ts'
import { Fields } from './history-part.tsx'
import css from './entity.module.css'

const looks: Record<DescriptorCheck['entities'][number]['change'], Look> = {
  added: { tone: 'green', shape: 'check', word: 'Would be added' },
  altered: { tone: 'blue', shape: 'ring', word: 'Would be altered' },
  unchanged: { tone: 'grey', shape: 'dash', word: 'Stays as it is' },
  conflict: { tone: 'red', shape: 'cross', word: 'Is declared elsewhere already' },
}

/** What saving would change in the catalog, entity by entity, and what is wrong with it. Nothing is written for it. */
export function DryRun({ check }: { check: Pick<UseQueryResult<DescriptorCheck>, 'data' | 'error' | 'isError' | 'refetch'> }) {
  return (
    <Section title="What it would change" id="dry-run">
      <QueryView query={check} what="dry run">
        {({ problems, entities }) => (
          <>
            {problems.length === 0 ? null : (
              <ul className={css['problems']} aria-label="Problems">
                {problems.map((problem) => (
                  <li key={`${problem.line ?? ''}${problem.field}${problem.message}`}>
                    <StateMark look={{ tone: 'red', shape: 'cross', word: problem.line === undefined ? 'Problem' : `Line ${problem.line}` }} />{' '}
                    {problem.field === '' ? null : <code>{problem.field}</code>} {problem.message}
                  </li>
                ))}
              </ul>
            )}
            {entities.length === 0 && problems.length === 0 ? (
              <EmptyState title="No entity in it">A descriptor has apiVersion, kind and metadata.</EmptyState>
            ) : null}
            <ul className={css['dry']}>
              {entities.map((entity) => (
                <Told key={entity.ref} entity={entity} />
              ))}
            </ul>
          </>
        )}
      </QueryView>
    </Section>
  )
}

function Told({ entity }: { entity: DescriptorCheck['entities'][number] }) {
  const fields = entity.change === 'altered' ? changedFields(entity.before, entity.after) : []
  const change = entity.change === 'altered' && fields.length === 0 ? 'unchanged' : entity.change
  return (
    <li>
      <StateMark look={looks[change]} /> <EntityLink of={entity.ref} title={entity.ref} />
      {fields.length === 0 ? null : <Fields fields={fields} />}
    </li>
  )
}
