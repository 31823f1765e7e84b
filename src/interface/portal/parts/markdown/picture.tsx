import { use, useState } from 'react'
import { linkTarget } from './link-target.ts'
import { MarkdownContext } from './markdown-context.ts'
import css from './markdown.module.css'

/** A picture that lies beside the text. One from elsewhere is not loaded, only linked to: nobody out there learns who reads this. */
export function Picture({ href, alt }: { href: string; alt: string }) {
  const { places } = use(MarkdownContext)
  const [isBroken, setBroken] = useState(false)
  const target = linkTarget(href)
  if (target.kind === 'web') {
    return (
      <a href={target.href} target="_blank" rel="noreferrer">
        {alt === '' ? 'Picture' : alt}
      </a>
    )
  }
  const address = target.kind === 'beside' ? (places?.image(target.path) ?? null) : null
  if (address === null) return alt
  if (isBroken) return <span className={css['missing']}>Not there: {alt === '' ? href : alt}</span>
  return <img src={address} alt={alt} loading="lazy" onError={() => setBroken(true)} />
}
