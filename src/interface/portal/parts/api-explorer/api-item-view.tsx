import { useState } from 'react'
import { CodeBlock } from '../markdown/code-block.tsx'
import { Markdown } from '../markdown/markdown.tsx'
import type { ApiItem, ApiPart } from './api-document.ts'
import css from './api-explorer.module.css'
import { FieldList } from './field-list.tsx'

/** A line that unfolds to all that is said of an operation, a message or a type. */
export function ApiItemView({ item }: { item: ApiItem }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className={css['item']} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {item.verb === '' ? null : <span className={css['verb']}>{item.verb}</span>}
        <code className={item.isDeprecated ? css['old'] : undefined}>{item.name}</code>
        <span className="dim">{item.summary}</span>
        {item.isDeprecated ? <span className={css['note']}>deprecated</span> : null}
      </summary>
      {isOpen ? (
        <div className={css['parts']}>
          {item.description === '' ? null : <Markdown text={item.description} base={4} idPrefix={`${item.key.replaceAll(/\W+/g, '-')}-`} />}
          {item.parts().map((part) => (
            <Part key={part.title} part={part} />
          ))}
        </div>
      ) : null}
    </details>
  )
}

function Part({ part: { title, description, fields, code } }: { part: ApiPart }) {
  return (
    <div>
      <h4 className={css['partTitle']}>
        {title} {description === undefined || description === '' ? null : <span className="dim">{description}</span>}
      </h4>
      {fields === undefined || fields.length === 0 ? null : <FieldList fields={fields} label={title} />}
      {code === undefined ? null : <CodeBlock text={code.text} language={code.language} />}
    </div>
  )
}
