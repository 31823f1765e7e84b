import { Button, CopyButton, Modal, Select, TagsInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { offeredScopes } from './permissions.ts'
import { FaultNotice } from '../../ui/notice.tsx'

const lifetimes = [
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '1 day' },
  { value: '2592000', label: '30 days' },
  { value: '7776000', label: '90 days' },
]

/** Makes a token, then shows it for the only time. */
export function TokenDialog({ scopes, onClose }: { scopes: readonly string[]; onClose: () => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [wanted, setWanted] = useState<string[]>([])
  const [ttl, setTtl] = useState('86400')
  const make = useMutation({
    mutationFn: () => api.call('tokens.create', { body: { name: name.trim(), scopes: wanted, ttlSeconds: Number(ttl) } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tokens'] }),
  })
  const isReady = name.trim() !== '' && wanted.length > 0
  return (
    <Modal
      opened
      onClose={onClose}
      title={make.data === undefined ? 'Create a token' : 'Copy the token now'}
      closeOnClickOutside={make.data === undefined}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {make.data === undefined ? (
        <form
          style={{ display: 'grid', gap: 16 }}
          onSubmit={(event) => {
            event.preventDefault()
            if (isReady) make.mutate()
          }}
        >
          <TextInput label="Name" description="What it is for" required data-autofocus value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <TagsInput
            label="Scopes"
            description="What it may do; no more than you may"
            required
            data={offeredScopes(scopes)}
            value={wanted}
            onChange={setWanted}
            clearable={false}
          />
          <Select label="Ends after" data={lifetimes} value={ttl} allowDeselect={false} onChange={(value) => setTtl(value ?? '86400')} />
          {make.error === null ? null : <FaultNotice error={make.error} what="token" />}
          <Button type="submit" disabled={!isReady} loading={make.isPending}>
            Create the token
          </Button>
        </form>
      ) : (
        <div style={{ display: 'grid', gap: 16 }}>
          <p>It is shown this once. Whoever has it can act as you within its scopes.</p>
          <pre style={{ padding: 12, background: 'var(--fw-sunken)', borderRadius: 6, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {make.data.token}
          </pre>
          <div style={{ display: 'flex', gap: 8 }}>
            <CopyButton value={make.data.token}>{({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : 'Copy the token'}</Button>}</CopyButton>
            <Button variant="default" onClick={onClose}>
              I have it
            </Button>
          </div>
        </div>
      )}
    </Modal>
  )
}
