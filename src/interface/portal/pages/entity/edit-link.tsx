import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { EntityDetail } from '../../api/shapes.ts'
import { builtInFile } from './built-in-file.ts'

/** Leads to the editor of the descriptor; nothing for one that lies where the platform can't write. */
export function EditLink({ source }: { source: EntityDetail['source'] }) {
  const file = builtInFile(source)
  if (file === null) return null
  return (
    <Button
      variant="default"
      renderRoot={(props) => (
        <Link {...props} to="/repositories/$owner/$name/edit" params={{ owner: file.owner, name: file.name }} search={{ file: file.path }} />
      )}
    >
      Edit descriptor
    </Button>
  )
}
