import { Switch, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { queries } from '../../api/queries.ts'
import { areKeysOn, setKeysOn } from '../../app/keys.ts'
import { Facts } from '../../ui/facts.tsx'
import { Choice } from '../../ui/filters.tsx'
import { EntityLink, Who } from '../../ui/links.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Tokens } from './tokens.tsx'

/** The reader's own things: who they are here, the look, the keys, the tokens. */
export function SettingsPage() {
  const me = useQuery(queries.me())
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [areOn, setOn] = useState(areKeysOn)
  return (
    <Page title="Settings">
      <Section title="You" id="you">
        <QueryView query={me} what="account">
          {(data) => (
            <Facts
              items={[
                ['Name', data.displayName],
                ['Principal', <Who key="who" principal={data.principal} />],
                [
                  'Groups',
                  data.groups.length === 0
                    ? 'none'
                    : data.groups.map((group, at) => (
                        <span key={group}>
                          {at === 0 ? '' : ', '}
                          <EntityLink of={group} kind="group" />
                        </span>
                      )),
                ],
                ['Administrator', data.isAdministrator ? 'yes' : 'no'],
              ]}
            />
          )}
        </QueryView>
      </Section>
      <Section title="Look and keys" id="look">
        <div style={{ display: 'grid', gap: 12, justifyItems: 'start' }}>
          <Choice
            label="Theme"
            value={colorScheme}
            choices={[
              { value: 'light', title: 'Light' },
              { value: 'dark', title: 'Dark' },
              { value: 'auto', title: 'As the system' },
            ]}
            onChange={(value) => setColorScheme(value as MantineColorScheme)}
          />
          <Switch
            label="Single-letter keys (j, k, a, r, / and so on)"
            checked={areOn}
            onChange={(event) => {
              setKeysOn(event.currentTarget.checked)
              setOn(event.currentTarget.checked)
            }}
          />
        </div>
      </Section>
      <Tokens scopes={me.data?.scopes ?? []} />
    </Page>
  )
}
