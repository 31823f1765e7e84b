import { Button, Group, Modal } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { CatalogLocation } from '../../api/catalog-queries.ts'
import { api } from '../../api/client.ts'
import { plural } from '../../format/quantity.ts'
import { useFocusBack } from '../../ui/focus-back.ts'

/** Asks before a location goes: its entities go with it. */
export function RemoveLocation({ location, onClose }: { location: CatalogLocation; onClose: () => void }) {
  useFocusBack()
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: () => api.call('locations.delete', { params: { id: location.id } }),
    onSuccess: async () => {
      await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'locations' || queryKey[0] === 'entities' })
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title="Remove the location" closeButtonProps={{ 'aria-label': 'Close' }}>
      <p style={{ overflowWrap: 'anywhere' }}>
        <code>{location.target}</code> is no longer read.{' '}
        {location.entityCount === 0 ? 'No entity comes from it.' : `${plural(location.entityCount, 'entity goes', 'entities go')} out of the catalog with it.`}{' '}
        Its files stay as they are; added again, it gives the same.
      </p>
      {remove.isError ? (
        <p role="alert" style={{ color: 'var(--fw-red)' }}>
          Not removed: {remove.error.message}
        </p>
      ) : null}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          Remove location
        </Button>
      </Group>
    </Modal>
  )
}
