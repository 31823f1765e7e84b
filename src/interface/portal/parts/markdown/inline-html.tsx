import { readCharacterReferences } from './character-references.ts'
import { Picture } from './picture.tsx'

/** What is written as HTML in a text, without its markup: its words, its line breaks and its pictures. */
export function InlineHtml({ html, isBlock = false }: { html: string; isBlock?: boolean }) {
  const text = html.replaceAll(/<!--[\s\S]*?(?:-->|$)/g, '')
  const pictures = [...text.matchAll(/<img\b[^>]*>/gi)].map(([tag]) => ({ href: attribute(tag, 'src'), alt: attribute(tag, 'alt') }))
  if (/^<br\s*\/?>$/i.test(text.trim())) return <br />
  const words = readCharacterReferences(text.replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/gi, '').replaceAll(/<\/?[a-z][^>]*>/gi, ''))
  const shown = (
    <>
      {isBlock ? words.trim() : words}
      {pictures.map(({ href, alt }) => (
        <Picture key={href} href={href} alt={alt} />
      ))}
    </>
  )
  return isBlock && (words.trim() !== '' || pictures.length > 0) ? <p>{shown}</p> : shown
}

function attribute(tag: string, name: string): string {
  const match = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(tag)
  return match?.[1] ?? match?.[2] ?? ''
}
