import { parseBlocks, parseInline, type Block } from './blocks.ts'
import css from './markdown.module.css'

/** Markdown as React elements; never as raw HTML. Headings start below the section's own. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className={css['prose']}>
      {parseBlocks(text).map((block, at) => (
        <BlockView key={`${at}${block.kind}`} block={block} />
      ))}
    </div>
  )
}

function BlockView({ block }: { block: Block }) {
  if (block.kind === 'code') return <pre tabIndex={0}>{block.text}</pre>
  if (block.kind === 'paragraph') {
    return (
      <p>
        <Line text={block.text} />
      </p>
    )
  }
  if (block.kind === 'table') {
    return (
      <table>
        {block.head.every((cell) => cell === '') ? null : (
          <thead>
            <tr>
              {block.head.map((cell, at) => (
                <th key={`${at}${cell}`} scope="col">
                  <Line text={cell} />
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {block.rows.map((row, line) => (
            <tr key={`${line}${row.join('|')}`}>
              {row.map((cell, at) => (
                <td key={`${at}${cell}`}>
                  <Line text={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    )
  }
  if (block.kind === 'heading') {
    const Heading = block.level <= 2 ? 'h3' : 'h4'
    return (
      <Heading>
        <Line text={block.text} />
      </Heading>
    )
  }
  const List = block.isOrdered ? 'ol' : 'ul'
  return (
    <List>
      {block.items.map((item, at) => (
        <li key={`${at}${item}`}>
          <Line text={item} />
        </li>
      ))}
    </List>
  )
}

function Line({ text }: { text: string }) {
  return parseInline(text).map((piece, at) => {
    const key = `${at}${piece.text}`
    if (piece.kind === 'code') return <code key={key}>{piece.text}</code>
    if (piece.kind === 'strong') return <strong key={key}>{piece.text}</strong>
    if (piece.kind === 'link') {
      return (
        <a key={key} href={piece.href} target="_blank" rel="noreferrer">
          {piece.text}
        </a>
      )
    }
    return piece.text
  })
}
