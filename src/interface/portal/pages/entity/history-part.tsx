import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { EntityParams } from '../../api/docs-queries.ts'
import { entityQueries, type HistoryItem } from '../../api/entity-queries.ts'
import { plural } from '../../format/quantity.ts'
import { Age } from '../../ui/age.tsx'
import { useInSight } from '../../ui/in-sight.ts'
import { Who } from '../../ui/links.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { ShortId } from '../../ui/short-id.tsx'
import { AsOfPicker } from './as-of.tsx'
import { ChangeLink } from './explain-button.tsx'
import { fieldWords } from './field-words.ts'
import css from './entity.module.css'

const words: Record<HistoryItem['kind'], string> = { added: 'Came into the catalog', altered: 'Altered', removed: 'Left the catalog' }
/** So many fields of one alteration are shown unfolded. */
const OPEN_FIELDS = 6

/** Who altered what in its descriptor, newest first; and the way back to a day. */
export function HistoryPart({ of, asOf, onAsOf }: { of: EntityParams; asOf: string | undefined; onAsOf: (asOf: string | undefined) => void }) {
  const [ref, isSeen] = useInSight<HTMLDivElement>()
  const history = useInfiniteQuery({ ...entityQueries.history(of), enabled: isSeen })
  return (
    <div ref={ref}>
      <Section title="History" id="history" actions={<AsOfPicker value={asOf} onChange={onAsOf} />}>
        <QueryView query={history} what="history">
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items)
            if (items.length === 0)
              return (
                <EmptyState title="Nothing is recorded yet">From its next alteration on, each is kept here: who, what, when, and by which change.</EmptyState>
              )
            return (
              <>
                <ol className={css['timeline']}>
                  {items.map((item) => (
                    <Moment key={item.id} item={item} onAsOf={onAsOf} />
                  ))}
                </ol>
                {history.hasNextPage ? (
                  <Button variant="default" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
                    Show earlier ones
                  </Button>
                ) : null}
              </>
            )
          }}
        </QueryView>
      </Section>
    </div>
  )
}

function Moment({ item, onAsOf }: { item: HistoryItem; onAsOf: (asOf: string) => void }) {
  return (
    <li className={css['moment']} data-kind={item.kind}>
      <div className={css['momentHead']}>
        <strong>{words[item.kind]}</strong>
        <span>
          by <Who principal={item.actor} />
        </span>
        <Age at={item.at} />
        {item.changeId === null ? null : <ChangeLink id={item.changeId} />}
        {item.commit === null ? null : <Commit commit={item.commit} location={item.location} />}
        <Button variant="subtle" color="gray" size="compact-xs" onClick={() => onAsOf(item.at)}>
          As it was then
        </Button>
      </div>
      {item.kind !== 'altered' || item.fields.length === 0 ? null : item.fields.length <= OPEN_FIELDS ? (
        <Fields fields={item.fields} />
      ) : (
        <details>
          <summary>{plural(item.fields.length, 'field')}</summary>
          <Fields fields={item.fields} />
        </details>
      )}
    </li>
  )
}

/** In the repository's commits, when it is on the built-in host. */
function Commit({ commit, location }: { commit: string; location: string }) {
  const match = /^git:([\w.-]+)\/([\w.-]+)$/.exec(location) ?? /\/git\/([\w.-]+)\/([\w.-]+?)(?:\.git)?(?:\/|$)/.exec(location)
  return (
    <span>
      <ShortId id={commit} label="commit" />
      {match?.[1] === undefined || match[2] === undefined ? null : (
        <>
          {' in '}
          <Link to="/repositories/$owner/$name" params={{ owner: match[1], name: match[2] }} search={{ view: 'commits' }}>
            {match[1]}/{match[2]}
          </Link>
        </>
      )}
    </span>
  )
}

/** What a field was and became. */
export function Fields({ fields }: { fields: HistoryItem['fields'] }) {
  return (
    <ul className={css['fields']}>
      {fields.map((field, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- a list's values share their path
        <li key={at} className={css['field']}>
          <code>{field.path}</code>
          {field.before === null || field.before === undefined ? null : (
            <pre className={css['before']}>
              <span className="sr">was </span>− {fieldWords(field.before)}
            </pre>
          )}
          {field.after === null || field.after === undefined ? null : (
            <pre className={css['after']}>
              <span className="sr">became </span>+ {fieldWords(field.after)}
            </pre>
          )}
        </li>
      ))}
    </ul>
  )
}
