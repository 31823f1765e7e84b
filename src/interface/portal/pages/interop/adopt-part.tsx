import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { plural } from '../../format/quantity.ts'
import { ActionFault } from '../../parts/action-fault.tsx'
import type { Look } from '../../ui/looks.ts'
import { Section } from '../../ui/page.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, TwoLines } from '../../ui/table.tsx'
import css from './interop.module.css'
import { ResultView } from './result-view.tsx'

const outcomes: Record<'added' | 'copied', Look> = {
  added: { tone: 'green', shape: 'check', word: 'Read from there' },
  copied: { tone: 'amber', shape: 'back', word: 'Copied once' },
}

/** Takes over a running Backstage: addresses that can be read become locations, the rest is copied. */
export function AdoptPart() {
  const client = useQueryClient()
  const [url, setUrl] = useState('')
  const [token, setToken] = useState('')
  const [isLeft, setLeft] = useState(false)
  const send = useMutation({
    mutationFn: (dryRun: boolean) => api.call('adoptions.create', { body: { url: url.trim(), dryRun, ...(token === '' ? {} : { token }) } }),
    onSuccess: async (_, dryRun) => {
      if (!dryRun) await Promise.all([client.invalidateQueries({ queryKey: ['entities'] }), client.invalidateQueries({ queryKey: ['locations'] })])
    },
  })
  const isAddress = /^https?:\/\/[^\s/]+/.test(url.trim())
  const fault = isLeft && url !== '' && !isAddress ? 'An address, such as https://backstage.example.com' : undefined
  const wasDry = send.variables === true
  const result = send.data
  return (
    <form
      className={css['part']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setLeft(true)
        if (isAddress) send.mutate(true)
      }}
    >
      <div className={css['fields']}>
        <TextInput
          label="Address of Backstage"
          description="Where its backend answers"
          type="url"
          required
          error={fault}
          placeholder="https://backstage.example.com"
          value={url}
          onBlur={() => setLeft(true)}
          onChange={(event) => {
            setUrl(event.currentTarget.value)
            send.reset()
          }}
        />
        <PasswordInput
          label="Token"
          description="For its catalog, when it asks for one; used for this only, and not kept"
          autoComplete="off"
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
        />
      </div>
      <div className={css['buttons']}>
        <Button
          type="submit"
          disabled={!isAddress}
          {...(result !== undefined && wasDry ? { variant: 'default' as const } : {})}
          loading={send.isPending && wasDry}
        >
          See what is there
        </Button>
        {result !== undefined && wasDry ? (
          <Button loading={send.isPending && !wasDry} onClick={() => send.mutate(false)}>
            Adopt {plural(result.total, 'entity', 'entities')}
          </Button>
        ) : null}
      </div>
      {send.error === null ? null : <ActionFault error={send.error} verb="adopt a Backstage" onRetry={() => send.mutate(wasDry)} />}
      {result === undefined ? null : (
        <>
          <Section title="Where it comes from" count={result.locations.length}>
            <Table
              label="Where it comes from"
              rows={result.locations}
              rowKey={(location) => location.target}
              columns={[
                { key: 'target', title: 'Address', isMain: true, cell: (location) => <TwoLines main={<code>{location.target}</code>} sub={location.reason} /> },
                { key: 'outcome', title: 'Then', width: 160, cell: (location) => <StateMark look={outcomes[location.outcome]} /> },
                { key: 'count', title: 'Entities', align: 'right', width: 90, cell: (location) => <span className="num">{location.count}</span> },
              ]}
            />
          </Section>
          <ResultView result={result} isDry={wasDry} />
        </>
      )}
    </form>
  )
}
