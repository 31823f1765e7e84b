import { ActionIcon, Popover } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconHelp } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { EntityParams } from '../../api/docs-queries.ts'
import { entityQueries, type FieldExplanation } from '../../api/entity-queries.ts'
import { Age } from '../../ui/age.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Who } from '../../ui/links.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { ShortId } from '../../ui/short-id.tsx'
import css from './entity.module.css'

/** A value with a button beside it that says where it comes from and who changed it last. */
export function Explained({ of, field, isOff, children }: { of: EntityParams; field: string; isOff: boolean; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false)
  if (isOff) return children
  return (
    <span className={css['explained']}>
      {children}
      <Popover opened={isOpen} onChange={setOpen} position="bottom-start" width={320} shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <ActionIcon size={24} className={css['why'] ?? ''} aria-label={`Where ${field} comes from`} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <IconHelp size={14} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown aria-label={`Where ${field} comes from`}>{isOpen ? <Explanation of={of} field={field} /> : null}</Popover.Dropdown>
      </Popover>
    </span>
  )
}

function Explanation({ of, field }: { of: EntityParams; field: string }) {
  const query = useQuery(entityQueries.explain(of, field))
  return (
    <div className={css['explanation']} tabIndex={-1} data-autofocus>
      <QueryView query={query} what="explanation" skeleton={<p className="dim">…</p>}>
        {(data) => (
          <>
            <p>{data.sentence}</p>
            <Facts
              items={[
                ['Field', <code key="field">{data.field}</code>],
                ['File', <FilePlace key="file" source={data.source} />],
                ['By', data.last === null ? null : <Who principal={data.last.actor} />],
                ['When', data.last === null ? null : <Age at={data.last.at} />],
                ['Change', data.last === null || data.last.changeId === null ? null : <ChangeLink id={data.last.changeId} />],
                ['Commit', data.last === null || data.last.commit === null ? null : <ShortId id={data.last.commit} label="commit" />],
              ]}
            />
          </>
        )}
      </QueryView>
    </div>
  )
}

function FilePlace({ source }: { source: FieldExplanation['source'] }) {
  const words = <code>{[source.file, source.line, source.column].filter((part) => part !== null && part !== '').join(':')}</code>
  const match = /^([\w.-]+)\/([\w.-]+)$/.exec(source.repository ?? '')
  if (match?.[1] === undefined || match[2] === undefined) return words
  return (
    <Link
      to="/repositories/$owner/$name"
      params={{ owner: match[1], name: match[2] }}
      search={{ file: source.file, ...(source.branch === null ? {} : { ref: source.branch }) }}
    >
      {words}
    </Link>
  )
}

/** A Change by link. */
export function ChangeLink({ id }: { id: string }) {
  return (
    <Link to="/changes/$id" params={{ id }} style={{ textDecoration: 'underline' }}>
      The change
    </Link>
  )
}
