import { Button, Checkbox, Group, Modal, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { SavedView } from '../../api/catalog-queries.ts'
import { useFocusBack } from '../../ui/focus-back.ts'

interface NameViewDialogProps {
  title: string
  verb: string
  view?: SavedView
  save: (input: { name: string; isShared: boolean }) => Promise<void>
  onClose: () => void
}

/** Asks for a view's name, and who sees it. What was typed stays when saving is refused. */
export function NameViewDialog({ title, verb, view, save, onClose }: NameViewDialogProps) {
  useFocusBack()
  const [name, setName] = useState(view?.name ?? '')
  const [isShared, setShared] = useState(view?.isShared ?? false)
  const saving = useMutation({ mutationFn: () => save({ name: name.trim(), isShared }), onSuccess: onClose })
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim() !== '') saving.mutate()
        }}
      >
        <TextInput
          label="Name"
          value={name}
          maxLength={60}
          data-autofocus
          error={saving.isError ? saving.error.message : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox
          mt="md"
          label="Share with everybody"
          description="Only you can alter it. “Me” in its filter is whoever looks."
          checked={isShared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={saving.isPending} disabled={name.trim() === ''}>
            {verb}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}

/** Asks before a view goes. */
export function DeleteViewDialog({ view, remove, onClose }: { view: SavedView; remove: () => Promise<void>; onClose: () => void }) {
  useFocusBack()
  const removing = useMutation({ mutationFn: remove, onSuccess: onClose })
  return (
    <Modal opened onClose={onClose} title={`Delete the view “${view.name}”`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <p>{view.isShared ? 'Everybody who uses it loses it.' : 'Nobody else sees it.'} The entities in it stay.</p>
      {removing.isError ? (
        <p role="alert" style={{ color: 'var(--fw-red)' }}>
          Not deleted: {removing.error.message}
        </p>
      ) : null}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button color="red" loading={removing.isPending} onClick={() => removing.mutate()}>
          Delete view
        </Button>
      </Group>
    </Modal>
  )
}
