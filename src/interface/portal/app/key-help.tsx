import { Kbd, Modal } from '@mantine/core'
import { keyHelp } from './keys.ts'

/** The list of keys. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keys" closeButtonProps={{ 'aria-label': 'Close' }}>
      <dl style={{ display: 'grid', gridTemplateColumns: '96px 1fr', gap: '8px 16px', alignItems: 'center' }}>
        {keyHelp.map(({ keys, does }) => (
          <div key={keys} style={{ display: 'contents' }}>
            <dt>
              <Kbd>{keys}</Kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="dim" style={{ marginTop: 16 }}>
        Single letters can be switched off in the settings.
      </p>
    </Modal>
  )
}
