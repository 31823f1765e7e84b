import { Button } from '@mantine/core'
import { useDeferredValue, useMemo, useState } from 'react'
import { plural } from '../../format/quantity.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Markdown } from '../markdown/markdown.tsx'
import { searchGroups, type ApiDocument, type ApiGroup } from './api-document.ts'
import { ApiItemView } from './api-item-view.tsx'
import css from './api-explorer.module.css'

/** So many items of a group are drawn at first, and more at a time. */
const FIRST = 60

/** What an API offers, in its groups; those that have the words that are searched. */
export function ApiGroups({ document, text }: { document: ApiDocument; text: string }) {
  const asked = useDeferredValue(text)
  const groups = useMemo(() => searchGroups(document.groups, asked), [document, asked])
  const count = (all: readonly ApiGroup[]): number => all.reduce((sum, group) => sum + group.items.length, 0)
  const total = count(document.groups)
  return (
    <>
      <p className="dim" role="status">
        {[
          document.format,
          [document.title, document.version].filter(Boolean).join(' '),
          asked.trim() === '' ? plural(total, 'item') : `${count(groups)} of ${plural(total, 'item')}`,
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {document.facts.map(([name, value]) => (
        <p key={name} className="dim">
          {name}: <span className="mono">{value}</span>
        </p>
      ))}
      {document.description === '' || asked.trim() !== '' ? null : (
        <div className={css['about']}>
          <Markdown text={document.description} base={3} idPrefix="api-" />
        </div>
      )}
      {groups.length === 0 ? (
        <EmptyState title={total === 0 ? 'Nothing in it' : `Nothing in it has “${text}”`}>
          {total === 0 ? 'The definition names no operation and no type.' : 'Every word has to stand in a name, a path or a description.'}
        </EmptyState>
      ) : (
        groups.map((group) => <Group key={group.title} group={group} />)
      )}
    </>
  )
}

function Group({ group }: { group: ApiGroup }) {
  const [shown, setShown] = useState(FIRST)
  const rest = group.items.length - shown
  return (
    <div className={css['group']} role="group" aria-label={group.title}>
      <h3>
        {group.title} <span className="dim num">{group.items.length}</span>
      </h3>
      {group.description === '' ? null : <p className="dim">{group.description}</p>}
      <div className={css['items']}>
        {group.items.slice(0, shown).map((item) => (
          <ApiItemView key={item.key} item={item} />
        ))}
      </div>
      {rest > 0 ? (
        <Button variant="default" size="compact-xs" onClick={() => setShown(shown + FIRST * 2)}>
          {rest} more
        </Button>
      ) : null}
    </div>
  )
}
