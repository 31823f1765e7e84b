import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { entityQueries, type Lineage } from '../../api/entity-queries.ts'
import { parseRef, shortId } from '../../format/reference.ts'
import { Facts } from '../../ui/facts.tsx'
import { useInSight } from '../../ui/in-sight.ts'
import { EntityLink } from '../../ui/links.tsx'
import { Section } from '../../ui/page.tsx'
import { StateMark } from '../../ui/state-mark.tsx'

/** The golden path that a component was made from, whether it has moved on since, and the pull request that catches up. Nothing for what was not made from one. */
export function LineagePart({ namespace, name }: { namespace: string; name: string }) {
  const [ref, isSeen] = useInSight<HTMLDivElement>()
  const lineage = useQuery({ ...entityQueries.lineage({ namespace, name }), enabled: isSeen })
  return <div ref={ref}>{lineage.data === undefined ? null : <Told lineage={lineage.data} component={name} />}</div>
}

function Told({ lineage, component }: { lineage: Lineage; component: string }) {
  const template = parseRef(lineage.template, 'template')
  const children = useQuery({ ...entityQueries.children(template), enabled: lineage.isBehind && !lineage.isEjected })
  const pull = children.data?.items.find((child) => parseRef(child.component).name === component)?.pullRequest
  return (
    <Section title="Made from" id="lineage">
      <Facts
        items={[
          ['Template', <EntityLink key="template" of={lineage.template} kind="template" />],
          ['Made with', `${lineage.createdVersion} (${shortId(lineage.templateCommit)})`],
          [
            'Newest',
            lineage.newestVersion === null ? null : `${lineage.newestVersion}${lineage.newestCommit === null ? '' : ` (${shortId(lineage.newestCommit)})`}`,
          ],
          ['State', <LineageState key="state" lineage={lineage} />],
          [
            'Catches up by',
            pull === null || pull === undefined ? null : (
              <Link to={pull.url.replace(window.location.origin, '')} style={{ textDecoration: 'underline' }}>
                {pull.repository}#{pull.number}
              </Link>
            ),
          ],
        ]}
      />
    </Section>
  )
}

function LineageState({ lineage }: { lineage: Lineage }) {
  if (lineage.isEjected) return <StateMark look={{ tone: 'grey', shape: 'dash', word: 'Left the golden path: it is not updated any more' }} />
  if (lineage.newestVersion === null) return <StateMark look={{ tone: 'grey', shape: 'dash', word: 'The template is gone' }} />
  return lineage.isBehind ? (
    <StateMark look={{ tone: 'amber', shape: 'ring', word: 'Behind: the template has moved on' }} />
  ) : (
    <StateMark look={{ tone: 'green', shape: 'check', word: 'Up to date' }} />
  )
}
