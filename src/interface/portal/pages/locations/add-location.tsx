import { Button, Group, Modal, MultiSelect, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { LocationPreview } from '../../api/catalog-queries.ts'
import { api } from '../../api/client.ts'
import { plural } from '../../format/quantity.ts'
import { useFocusBack } from '../../ui/focus-back.ts'
import { Strip } from '../../ui/notice.tsx'
import { ProblemList } from './location-problems.tsx'
import css from './locations.module.css'

/** Registers a location; first it shows what would come of it. `canAllow` lets people, groups and templates in, which is an administrator's. */
export function AddLocation({ canAllow, onClose }: { canAllow: boolean; onClose: () => void }) {
  useFocusBack()
  const client = useQueryClient()
  const [target, setTarget] = useState('')
  const [allow, setAllow] = useState<string[]>([])
  const body = { target: target.trim(), ...(allow.length === 0 ? {} : { allow }) }
  const preview = useMutation({ mutationFn: () => api.call('locations.create', { body: { ...body, dryRun: true } }) })
  const add = useMutation({
    mutationFn: () => api.call('locations.create', { body }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['locations'] })
      onClose()
    },
  })
  const failed = add.error ?? preview.error
  const isSeen = preview.data !== undefined
  const change = (act: () => void): void => {
    act()
    preview.reset()
    add.reset()
  }
  return (
    <Modal opened onClose={onClose} size="lg" title="Add a location" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (body.target === '') return
          if (isSeen) add.mutate()
          else preview.mutate()
        }}
      >
        <TextInput
          label="Target"
          description="A repository, a file in it (also with *), or the address of a descriptor: https://github.com/acme/orders/blob/main/catalog-info.yaml"
          value={target}
          maxLength={2000}
          data-autofocus
          error={failed?.message}
          onChange={(event) => {
            const { value } = event.currentTarget
            change(() => setTarget(value))
          }}
        />
        {canAllow ? (
          <MultiSelect
            mt="md"
            label="Kinds beside the usual ones"
            description="Components, APIs, resources, systems and domains always are let in. People and groups from here give no rights."
            data={['User', 'Group', 'Template']}
            value={allow}
            onChange={(kinds) => change(() => setAllow(kinds))}
            comboboxProps={{ withinPortal: true }}
          />
        ) : null}
        {preview.data === undefined ? null : <Preview preview={preview.data} />}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={body.target === ''} loading={preview.isPending || add.isPending}>
            {isSeen ? 'Add location' : 'See what would come'}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}

function Preview({ preview }: { preview: LocationPreview }) {
  const found = preview.entities ?? []
  return (
    <div className={css['preview']} role="region" aria-label="What would come">
      {preview.id.startsWith('dry-run:') ? null : <Strip tone="amber">This is a location already: read that one again instead.</Strip>}
      <p role="status">
        {found.length === 0 ? 'Nothing would come into the catalog.' : `${plural(found.length, 'entity', 'entities')} would come into the catalog.`}
        {preview.problems.length === 0 ? '' : ` ${plural(preview.problems.length, 'problem')}:`}
      </p>
      {preview.problems.length === 0 ? null : <ProblemList problems={preview.problems} />}
      {found.length === 0 ? null : (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so it takes the focus
        <div className={css['found']} tabIndex={0} role="region" aria-label="Entities that would come">
          <table>
            <thead>
              <tr>
                <th scope="col">Entity</th>
                <th scope="col">File</th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, 200).map((entity) => (
                <tr key={`${entity.file}${entity.ref}`}>
                  <td>{entity.ref}</td>
                  <td className="dim">{entity.file}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {found.length > 200 ? <p className="dim">And {found.length - 200} more.</p> : null}
        </div>
      )}
    </div>
  )
}
