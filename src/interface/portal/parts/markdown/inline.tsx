import { Link } from '@tanstack/react-router'
import type { Token, Tokens } from 'marked'
import { Fragment, use, type ReactNode } from 'react'
import { readCharacterReferences } from './character-references.ts'
import { InlineHtml } from './inline-html.tsx'
import { linkTarget } from './link-target.ts'
import { MarkdownContext } from './markdown-context.ts'
import { Picture } from './picture.tsx'

/** Words with their marks. */
export function Inline({ tokens }: { tokens: readonly Token[] }) {
  // oxlint-disable-next-line react/no-array-index-key -- a word is its place
  return tokens.map((token, at) => <Fragment key={at}>{piece(token)}</Fragment>)
}

function piece(token: Token): ReactNode {
  switch (token.type) {
    case 'strong':
      return (
        <strong>
          <Inline tokens={(token as Tokens.Strong).tokens} />
        </strong>
      )
    case 'em':
      return (
        <em>
          <Inline tokens={(token as Tokens.Em).tokens} />
        </em>
      )
    case 'del':
      return (
        <del>
          <Inline tokens={(token as Tokens.Del).tokens} />
        </del>
      )
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>
    case 'br':
      return <br />
    case 'link':
      return <TextLink token={token as Tokens.Link} />
    case 'image': {
      const { href, text } = token as Tokens.Image
      return <Picture href={href} alt={text} />
    }
    case 'html':
      return <InlineHtml html={(token as Tokens.Tag).text} />
    case 'checkbox':
      return null
    default: {
      const { tokens, text = '' } = token as Partial<Tokens.Text>
      return tokens === undefined ? readCharacterReferences(text) : <Inline tokens={tokens} />
    }
  }
}

function TextLink({ token }: { token: Tokens.Link }) {
  const { places, idPrefix } = use(MarkdownContext)
  const words = <Inline tokens={token.tokens} />
  const target = linkTarget(readCharacterReferences(token.href))
  if (target.kind === 'here') return <a href={`#${idPrefix}${target.id}`}>{words}</a>
  if (target.kind === 'web') {
    return (
      <a href={target.href} target="_blank" rel="noreferrer">
        {words}
      </a>
    )
  }
  const place = target.kind === 'beside' ? (places?.link(target.path, target.hash) ?? null) : null
  if (place === null) return words
  return place.isPage ? (
    <Link to={place.href} {...(target.kind === 'beside' && target.hash !== '' ? { hash: `${idPrefix}${target.hash}` } : {})}>
      {words}
    </Link>
  ) : (
    <a href={place.href}>{words}</a>
  )
}
