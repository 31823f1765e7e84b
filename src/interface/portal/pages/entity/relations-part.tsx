import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { EntityDetail } from '../../api/shapes.ts'
import { parseRef } from '../../format/reference.ts'
import { EntityLink } from '../../ui/links.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { groupRelations, relationWords, type RelationGroup } from './relations.ts'
import css from './entity.module.css'

type Relation = EntityDetail['relations'][number]

/** So many of one type are shown at first, and more at a time. */
const FIRST = 12
const MORE = 100

/** What it is related to, by kind of relation: what it needs first. Hundreds are shown in parts. */
export function RelationsPart({ detail, title = 'Relations' }: { detail: EntityDetail; title?: string }) {
  const { kind, metadata } = detail.entity
  return (
    <Section
      title={title}
      id="dependencies"
      count={detail.relations.length}
      actions={
        <Link to={'/graph' as string} search={{ root: `${kind.toLowerCase()}:${metadata.namespace ?? 'default'}/${metadata.name}` } as never}>
          Show as a graph
        </Link>
      }
    >
      {detail.relations.length === 0 ? (
        <EmptyState title="Related to nothing">Relations come from the descriptor: dependsOn, providesApis, consumesApis, system, owner.</EmptyState>
      ) : (
        <dl className={css['relations']}>
          {groupRelations(detail.relations).map((group) => (
            <Group key={group.type} group={group} />
          ))}
        </dl>
      )}
    </Section>
  )
}

function Group({ group: { type, items } }: { group: RelationGroup<Relation> }) {
  const [shown, setShown] = useState(FIRST)
  const kinds = new Set(items.map((item) => parseRef(item.targetRef).kind))
  const rest = items.length - shown
  return (
    <div>
      <dt>
        {relationWords(type)} {items.length > 1 ? <span className="num">{items.length}</span> : null}
      </dt>
      <dd>
        <ul>
          {items.slice(0, shown).map((item) => (
            <li key={item.targetRef}>
              <EntityLink of={item.targetRef} title={item.title} />
              {kinds.size > 1 || type === 'dependsOn' || type === 'dependencyOf' ? <span className="dim"> {parseRef(item.targetRef).kind}</span> : null}
            </li>
          ))}
        </ul>
        {rest > 0 ? (
          <Button variant="default" size="compact-xs" onClick={() => setShown(shown + MORE)}>
            {rest <= MORE ? `${rest} more` : `${MORE} of ${rest} more`}
          </Button>
        ) : null}
      </dd>
    </div>
  )
}
