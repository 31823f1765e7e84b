import type { Change } from '../../api/shapes.ts'
import { durationBetween } from '../../format/duration.ts'
import { formatMoney } from '../../format/quantity.ts'
import { Age } from '../../ui/age.tsx'
import { useNow } from '../../ui/clock.ts'
import { Facts } from '../../ui/facts.tsx'
import { EntityLink, VersionLink, Who } from '../../ui/links.tsx'
import { Section } from '../../ui/page.tsx'
import { ShortId } from '../../ui/short-id.tsx'

/** Who, where, what it costs; each leads to its page. */
export function ChangeFacts({ change }: { change: Change }) {
  const now = useNow(1)
  return (
    <Section title="About" id="about">
      <Facts
        items={[
          ['Component', change.component === null ? null : <EntityLink of={change.component} />],
          ['Environment', change.environment],
          ['Release', change.release === undefined ? null : <VersionLink release={change.release.id} version={change.release.version} />],
          ['Asked by', <Who key="who" principal={change.requestedBy} />],
          ['Asked', <Age key="asked" at={change.requestedAt} />],
          [change.finishedAt === null ? 'So far' : 'Took', change.startedAt === null ? null : durationBetween(change.startedAt, change.finishedAt, now)],
          ['Reason', change.reason],
          [
            'Cost',
            change.plan === null ? null : change.plan.costCentsPerMonth === 0 ? 'as before' : `${formatMoney(change.plan.costCentsPerMonth, true)} a month`,
          ],
          ['Plan', change.planHash === null ? null : <ShortId key="hash" id={change.planHash} label="plan hash" />],
          ['Id', <ShortId key="id" id={change.id} label="change id" />],
        ]}
      />
    </Section>
  )
}
