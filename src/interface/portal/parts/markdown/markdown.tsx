import { useMemo } from 'react'
import { BlockView } from './block-view.tsx'
import { MarkdownContext, type MarkdownPlaces } from './markdown-context.ts'
import { headingIds, headingLevels, readMarkdown, walk } from './markdown-tokens.ts'
import css from './markdown.module.css'
import type { Token, Tokens } from 'marked'

interface MarkdownProps {
  text: string
  /** What the top headings are drawn as: 3 (default) below a section's own. */
  base?: number
  /** Goes before the ids of headings, so that they don't meet those of the page. */
  idPrefix?: string
  /** Leave out the first heading when the page already says it. */
  withoutTitle?: string | undefined
  /** Where paths beside the text lead; without it they are plain words. */
  places?: MarkdownPlaces
}

/** Markdown as React elements; never as raw HTML: nothing of a repository becomes markup of this page. */
export function Markdown({ text, base = 3, idPrefix = 'text-', withoutTitle, places }: MarkdownProps) {
  const read = useMemo(() => {
    const all = readMarkdown(text)
    const ids = headingIds(all)
    const first = all.findIndex((token) => token.type !== 'space')
    const head = all[first]
    const isTitle = withoutTitle !== undefined && head?.type === 'heading' && (head as Tokens.Heading).depth === 1
    const tokens: Token[] = isTitle ? all.slice(first + 1) : all
    const headings = [...walk(tokens)].filter((token): token is Tokens.Heading => token.type === 'heading')
    const levels = headingLevels(
      headings.map((heading) => heading.depth),
      base,
    )
    return { tokens, ids, levels: new Map<Token, number>(headings.map((heading, at) => [heading, levels[at] ?? base])) }
  }, [text, base, withoutTitle])
  const context = useMemo(
    () => ({ idOf: (token: Token) => read.ids.get(token), levelOf: (token: Token) => read.levels.get(token) ?? 6, idPrefix, places }),
    [read, idPrefix, places],
  )
  return (
    <MarkdownContext value={context}>
      <div className={css['prose']}>
        <BlockView tokens={read.tokens} />
      </div>
    </MarkdownContext>
  )
}
