import { Button, Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { campaignQueries, type TemplateChild, type TemplateChildren } from '../../api/campaign-queries.ts'
import { plural } from '../../format/quantity.ts'
import { shortRef } from '../../format/reference.ts'
import { EntityLink, Who } from '../../ui/links.tsx'
import type { Look } from '../../ui/looks.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'
import { childrenSentence, isProposable } from './campaign-look.ts'
import css from './campaigns.module.css'
import { FollowDialog } from './follow-dialog.tsx'
import { PullLink } from './pull-link.tsx'
import { StartDialog } from './start-dialog.tsx'

/** What was made from a golden path, who is behind it, and the way to propose the newest version to them. */
export function ChildrenPart({ namespace, name }: { namespace: string; name: string }) {
  const query = useQuery(campaignQueries.children(namespace, name))
  return (
    <Section
      title="Made from it"
      id="children"
      count={query.data?.items.length}
      actions={
        <Link to="/campaigns" style={{ textDecoration: 'underline', fontSize: 13 }}>
          All campaigns
        </Link>
      }
    >
      <QueryView query={query} what="components" skeleton={<RowSkeletons rows={3} height={44} />}>
        {(data) =>
          data.items.length === 0 ? (
            <EmptyState title="Nothing was made from it yet">
              What is created here follows the golden path: new versions of it are proposed by pull request.
            </EmptyState>
          ) : (
            <Children data={data} />
          )
        }
      </QueryView>
    </Section>
  )
}

function Children({ data }: { data: TemplateChildren }) {
  const proposable = data.items.filter(isProposable).map((child) => child.component)
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [isStarting, setStarting] = useState(false)
  const [follow, setFollow] = useState<TemplateChild | null>(null)
  const chosen = proposable.filter((component) => !left.has(component))
  const toggle = (component: string): void =>
    setLeft((old) => {
      const next = new Set(old)
      if (!next.delete(component)) next.add(component)
      return next
    })
  const columns: Column<TemplateChild>[] = [
    {
      key: 'chosen',
      title: 'Chosen',
      width: 64,
      cell: (child) =>
        isProposable(child) ? (
          <Checkbox aria-label={`Propose to ${shortRef(child.component)}`} checked={!left.has(child.component)} onChange={() => toggle(child.component)} />
        ) : null,
    },
    {
      key: 'component',
      title: 'Component',
      isMain: true,
      cell: (child) => <TwoLines main={<EntityLink of={child.component} />} sub={child.repository} />,
    },
    { key: 'state', title: 'State', cell: (child) => <StateMark look={childLook(child)} /> },
    { key: 'version', title: 'Version', isWide: true, cell: (child) => <span className="num">{child.templateVersion}</span> },
    {
      key: 'pull',
      title: 'Proposal',
      isWide: true,
      cell: (child) => (child.pullRequest === null ? <span className="dim">none</span> : <PullLink {...child.pullRequest} />),
    },
    { key: 'by', title: 'Made by', isWide: true, cell: (child) => <Who principal={child.createdBy} /> },
    {
      key: 'follow',
      title: 'Golden path',
      align: 'right',
      cell: (child) => (
        <Button
          variant="subtle"
          color="gray"
          c="dimmed"
          size="compact-sm"
          aria-label={`${child.isEjected ? 'Put back on' : 'Take off'}: ${shortRef(child.component)}`}
          onClick={() => setFollow(child)}
        >
          {child.isEjected ? 'Put back on' : 'Take off'}
        </Button>
      ),
    },
  ]
  return (
    <>
      <div className={css['bar']}>
        <p>
          <strong>{childrenSentence(data)}.</strong> <span className="dim">Newest is {data.version}.</span>
        </p>
        {proposable.length === 0 ? null : (
          <Button variant="default" disabled={chosen.length === 0} onClick={() => setStarting(true)}>
            Propose {data.version} to {plural(chosen.length, 'component')}
          </Button>
        )}
      </div>
      <Table label="Made from it" rows={data.items} columns={proposable.length === 0 ? columns.slice(1) : columns} rowKey={(child) => child.component} />
      {isStarting ? <StartDialog template={data.template} version={data.version} components={chosen} onClose={() => setStarting(false)} /> : null}
      {follow === null ? null : <FollowDialog child={follow} onClose={() => setFollow(null)} />}
    </>
  )
}

function childLook(child: TemplateChild): Look {
  if (child.isEjected) return { tone: 'grey', shape: 'dash', word: 'Left the golden path' }
  return child.isBehind ? { tone: 'amber', shape: 'triangle', word: 'Behind' } : { tone: 'green', shape: 'check', word: 'Up to date' }
}
