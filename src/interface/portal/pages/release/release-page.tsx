import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { queries } from '../../api/queries.ts'
import type { Release } from '../../api/shapes.ts'
import { shortId, versionLabel } from '../../format/reference.ts'
import { IntentDialog } from '../../parts/promote/intent-dialog.tsx'
import type { Intent } from '../../parts/promote/intent.ts'
import { Age } from '../../ui/age.tsx'
import { Facts } from '../../ui/facts.tsx'
import { EntityLink, RepositoryLink, Who } from '../../ui/links.tsx'
import { healthLook } from '../../ui/looks.ts'
import { Strip } from '../../ui/notice.tsx'
import { Page, Panel, Section } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { ShortId } from '../../ui/short-id.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { ArtifactPart } from './artifact-part.tsx'

const route = getRouteApi('/app/releases/$id')

/** One version of a component: what it is made of, whether that is proved, and where it runs. */
export function ReleasePage() {
  const { id } = route.useParams()
  const query = useQuery(queries.release(id))
  const release = query.data
  const title = release === undefined ? 'Release' : `${release.component} ${versionLabel(release.version)}`
  return (
    <Page title={title} above={release === undefined ? ' ' : <EntityLink of={release.component} />} about={release?.commitMessage.split('\n')[0] ?? ' '}>
      <QueryView query={query} what="release" skeleton={<RowSkeletons rows={8} />}>
        {(data) => (
          <>
            {data.quarantine === null ? null : (
              <Strip tone="red">
                Quarantined <Age at={data.quarantine.at} />: {data.quarantine.reason} It is not deployed again by itself.
              </Strip>
            )}
            <Section title="About" id="about">
              <Facts
                items={[
                  ['Commit', <code key="commit">{shortId(data.commit)}</code>],
                  ['Repository', <RepositoryLink key="repository" repository={data.repository} />],
                  [
                    'Run',
                    <Link key="run" to="/pipelines/$run" params={{ run: data.runId }}>
                      {shortId(data.runId)}
                    </Link>,
                  ],
                  ['Made by', <Who key="who" principal={data.createdBy} />],
                  ['Made', <Age key="age" at={data.createdAt} />],
                  ['Digest', <ShortId key="digest" id={data.digest} label="digest" />],
                  ['Id', <ShortId key="id" id={data.id} label="release id" />],
                ]}
              />
            </Section>
            <WhereItRuns release={data} />
            <ArtifactPart digest={data.digest} />
            <Section title="Workload" id="score">
              <Panel isPadded>
                <pre style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label="score.yaml">
                  {JSON.stringify(data.score, null, 2)}
                </pre>
              </Panel>
            </Section>
          </>
        )}
      </QueryView>
    </Page>
  )
}

function WhereItRuns({ release }: { release: Release }) {
  const matrix = useQuery(queries.matrix())
  const [intent, setIntent] = useState<Intent | null>(null)
  return (
    <Section title="Environments" id="environments">
      <QueryView query={matrix} what="environments">
        {({ environments, rows }) => {
          const row = rows.find((each) => each.component === release.component)
          return (
            <ul>
              {environments.map((environment) => {
                const cell = row?.cells[environment.name]
                const isHere = cell?.release === release.id
                return (
                  <li key={environment.name} style={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 12, minHeight: 36 }}>
                    <span style={{ width: 112 }}>{environment.title}</span>
                    {isHere && cell !== null && cell !== undefined ? (
                      <StateMark look={healthLook(cell.health)} />
                    ) : (
                      <>
                        <span className="dim">{cell === null || cell === undefined ? 'nothing there' : `has ${versionLabel(cell.version)}`}</span>
                        <Button
                          variant="default"
                          size="compact-xs"
                          onClick={() =>
                            setIntent({
                              kind: 'deploy',
                              component: release.component,
                              environment: environment.name,
                              release: release.id,
                              version: String(release.version),
                            })
                          }
                        >
                          Deploy to {environment.name}
                        </Button>
                      </>
                    )}
                  </li>
                )
              })}
            </ul>
          )
        }}
      </QueryView>
      {intent === null ? null : <IntentDialog intent={intent} onClose={() => setIntent(null)} />}
    </Section>
  )
}
