import { lazy, Suspense, use } from 'react'
import type { Token, Tokens } from 'marked'
import { Admonition, alertOf } from './admonition.tsx'
import { CodeBlock } from './code-block.tsx'
import { InlineHtml } from './inline-html.tsx'
import { Inline } from './inline.tsx'
import { MarkdownContext } from './markdown-context.ts'
import { plainText, type AdmonitionToken } from './markdown-tokens.ts'
import css from './markdown.module.css'

const Mermaid = lazy(() => import('./mermaid-diagram.tsx').then((module) => ({ default: module.MermaidDiagram })))

/** Blocks one below the other. */
export function BlockView({ tokens }: { tokens: readonly Token[] }) {
  // oxlint-disable-next-line react/no-array-index-key -- the blocks of a text have no other name than their place
  return tokens.map((token, at) => <Block key={at} token={token} />)
}

function Block({ token }: { token: Token }) {
  switch (token.type) {
    case 'heading':
      return <Heading token={token as Tokens.Heading} />
    case 'paragraph':
      return (
        <p>
          <Inline tokens={(token as Tokens.Paragraph).tokens} />
        </p>
      )
    case 'text': {
      const { tokens } = token as Tokens.Text
      return <Inline tokens={tokens ?? [token]} />
    }
    case 'code': {
      const { text, lang } = token as Tokens.Code
      const language = /^[\w+#.-]*/.exec(lang ?? '')?.[0] ?? ''
      if (language !== 'mermaid') return <CodeBlock text={text} language={language} />
      return (
        <Suspense fallback={<CodeBlock text={text} language="mermaid" />}>
          <Mermaid source={text} />
        </Suspense>
      )
    }
    case 'list':
      return <List token={token as Tokens.List} />
    case 'table':
      return <Table token={token as Tokens.Table} />
    case 'blockquote': {
      const { tokens } = token as Tokens.Blockquote
      const alert = alertOf(tokens)
      if (alert !== null) return <Admonition {...alert} fold="none" />
      return (
        <blockquote>
          <BlockView tokens={tokens} />
        </blockquote>
      )
    }
    case 'admonition': {
      const { look, title, fold, tokens } = token as AdmonitionToken
      return <Admonition look={look} title={title} fold={fold} tokens={tokens} />
    }
    case 'hr':
      return <hr />
    case 'html':
      return <InlineHtml html={(token as Tokens.HTML).text} isBlock />
    case 'space':
    case 'def':
    case 'checkbox':
      return null
    default:
      return <Inline tokens={[token]} />
  }
}

function Heading({ token }: { token: Tokens.Heading }) {
  const { idOf, levelOf, idPrefix } = use(MarkdownContext)
  const id = idOf(token)
  const Tag = `h${levelOf(token)}` as 'h2' | 'h3' | 'h4' | 'h5' | 'h6'
  return (
    <Tag id={id === undefined ? undefined : `${idPrefix}${id}`}>
      <Inline tokens={token.tokens} />
      {id === undefined ? null : (
        <a className={css['anchor']} href={`#${idPrefix}${id}`} aria-label={`Link to ${plainText(token.tokens)}`}>
          #
        </a>
      )}
    </Tag>
  )
}

function List({ token }: { token: Tokens.List }) {
  const Tag = token.ordered ? 'ol' : 'ul'
  const isTasks = token.items.some((item) => item.task)
  return (
    <Tag {...(token.ordered && token.start !== '' && token.start !== 1 ? { start: token.start } : {})} className={isTasks ? css['tasks'] : undefined}>
      {token.items.map((item, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- an item is its place
        <li key={at}>
          {item.task ? <input type="checkbox" checked={item.checked === true} readOnly disabled aria-label={item.checked === true ? 'Done' : 'To do'} /> : null}
          <BlockView tokens={item.tokens} />
        </li>
      ))}
    </Tag>
  )
}

function Table({ token }: { token: Tokens.Table }) {
  const align = (at: number): { textAlign?: 'left' | 'right' | 'center' } => {
    const side = token.align[at]
    return side === null || side === undefined ? {} : { textAlign: side }
  }
  const hasHead = token.header.some((cell) => cell.text.trim() !== '')
  return (
    <div className={css['scroll']} tabIndex={0} role="group" aria-label="Table">
      <table>
        {hasHead ? (
          <thead>
            <tr>
              {token.header.map((cell, at) => (
                // oxlint-disable-next-line react/no-array-index-key -- a column is its place
                <th key={at} scope="col" style={align(at)}>
                  <Inline tokens={cell.tokens} />
                </th>
              ))}
            </tr>
          </thead>
        ) : null}
        <tbody>
          {token.rows.map((row, line) => (
            // oxlint-disable-next-line react/no-array-index-key -- a row is its place
            <tr key={line}>
              {row.map((cell, at) => (
                // oxlint-disable-next-line react/no-array-index-key -- a column is its place
                <td key={at} style={align(at)}>
                  <Inline tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
