import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useId, useState } from 'react'
import { CodeBlock } from './code-block.tsx'
import css from './markdown.module.css'

type Drawn = { state: 'drawing' } | { state: 'drawn'; address: string; width: number | undefined } | { state: 'failed'; reason: string }

/**
 * A Mermaid diagram. It is drawn under the strictest level and shown as a picture, in which nothing can run or be clicked;
 * its source stays at hand, for those who can't see it and when it can't be drawn.
 */
export function MermaidDiagram({ source }: { source: string }) {
  const id = `mermaid${useId().replaceAll(/\W/g, '')}`
  const scheme = useComputedColorScheme('light')
  const [drawn, setDrawn] = useState<Drawn>({ state: 'drawing' })
  useEffect(() => {
    let isWanted = true
    void (async () => {
      const next = await draw(id, source, scheme)
      if (isWanted) setDrawn(next)
    })()
    return () => {
      isWanted = false
    }
  }, [id, source, scheme])
  if (drawn.state === 'drawing') return <CodeBlock text={source} language="mermaid" />
  if (drawn.state === 'failed') {
    return (
      <>
        <p className={css['missing']}>This diagram can not be drawn: {drawn.reason}</p>
        <CodeBlock text={source} language="mermaid" />
      </>
    )
  }
  return (
    <figure className={css['diagram']}>
      <img src={drawn.address} width={drawn.width} alt={`Diagram, ${source.trim().split(/\s/, 1)[0] ?? ''}; its source is below`} />
      <details>
        <summary>Source of the diagram</summary>
        <CodeBlock text={source} language="mermaid" />
      </details>
    </figure>
  )
}

/** Out of sight, and without transitions: under reduced motion they are nearly nothing, yet long enough to be measured wrong. */
function canvas(): HTMLDivElement {
  const element = document.createElement('div')
  element.className = css['canvas'] ?? ''
  element.ariaHidden = 'true'
  document.body.append(element)
  return element
}

async function draw(id: string, source: string, scheme: 'light' | 'dark'): Promise<Drawn> {
  const place = canvas()
  try {
    const { default: mermaid } = await import('mermaid')
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: 'strict',
      theme: scheme === 'dark' ? 'dark' : 'neutral',
      htmlLabels: false,
      flowchart: { htmlLabels: false },
      maxTextSize: 50_000,
      suppressErrorRendering: true,
    })
    const { svg } = await mermaid.render(id, source, place)
    const width = /viewBox="[-\d.]+ [-\d.]+ ([\d.]+)/.exec(svg)?.[1]
    return {
      state: 'drawn',
      address: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`,
      width: width === undefined ? undefined : Math.ceil(Number(width)),
    }
  } catch (error) {
    return { state: 'failed', reason: (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '' }
  } finally {
    place.remove()
  }
}
