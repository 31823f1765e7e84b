import { CopyButton, UnstyledButton } from '@mantine/core'
import css from './markdown.module.css'

/** Code as it was written, with a button that copies it. */
export function CodeBlock({ text, language = '' }: { text: string; language?: string }) {
  return (
    <div className={css['code']}>
      <pre tabIndex={0} role="group" aria-label={language === '' ? 'Code' : `Code, ${language}`}>
        {text}
      </pre>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <UnstyledButton className={css['copy']} onClick={copy} aria-label={copied ? 'Copied' : 'Copy this code'}>
            {copied ? 'Copied' : 'Copy'}
          </UnstyledButton>
        )}
      </CopyButton>
    </div>
  )
}
