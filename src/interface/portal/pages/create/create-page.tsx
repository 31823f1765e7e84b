import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import type { Template } from '../../api/shapes.ts'
import { parseRef } from '../../format/reference.ts'
import { EntityLink } from '../../ui/links.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import css from './create.module.css'

/** Golden paths, by what they make. */
export function CreatePage() {
  const templates = useQuery(queries.templates())
  return (
    <Page
      title="Create"
      about="Golden paths: what you get runs, is watched and can be promoted, from the first minute."
      actions={
        <Button variant="default" component={Link} to="/campaigns">
          Campaigns
        </Button>
      }
    >
      <QueryView query={templates} what="golden paths" skeleton={<RowSkeletons rows={4} height={96} />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No golden path yet">The platform team keeps them in Git, as Template entities (scaffolder.backstage.io/v1beta3).</EmptyState>
          ) : (
            [...Map.groupBy(items, (template) => (template.type === '' ? 'other' : template.type))].map(([type, templatesOfType]) => (
              <Section key={type} title={titleOf(type)} count={templatesOfType.length}>
                <ul className={css['cards']}>
                  {templatesOfType.map((template) => (
                    <Card key={template.ref} template={template} />
                  ))}
                </ul>
              </Section>
            ))
          )
        }
      </QueryView>
    </Page>
  )
}

function Card({ template }: { template: Template }) {
  const { namespace, name } = parseRef(template.ref, 'template')
  return (
    <li className={css['card']} data-row={`/create/${namespace}/${name}`} tabIndex={-1}>
      <Link to="/create/$namespace/$name" params={{ namespace, name }} className={css['cardTitle']}>
        {template.title}
      </Link>
      <p className={css['cardText']}>{template.description}</p>
      <p className={css['cardFoot']}>
        <span>
          Kept by <EntityLink of={template.owner} kind="group" />
        </span>
        <span>{template.tags.join(', ')}</span>
      </p>
    </li>
  )
}

function titleOf(type: string): string {
  const words = type.replaceAll('-', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${words.endsWith('s') ? '' : 's'}`
}
