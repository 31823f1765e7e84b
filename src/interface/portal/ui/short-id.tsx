import { CopyButton, Tooltip, UnstyledButton } from '@mantine/core'
import { shortId } from '../format/reference.ts'

/** An id, short, that copies itself whole. */
export function ShortId({ id, label = 'id' }: { id: string; label?: string }) {
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy ${id.length > 40 ? label : id}`}>
          <UnstyledButton onClick={copy} className="mono" style={{ color: 'var(--fw-dim)', minHeight: 24, fontSize: 12.5, lineHeight: '20px' }}>
            <span className="sr">Copy {label} </span>
            {shortId(id)}
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  )
}
