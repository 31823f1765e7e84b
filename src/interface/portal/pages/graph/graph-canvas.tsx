import { useNavigate } from '@tanstack/react-router'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useKey } from '../../app/keys.ts'
import type { Look } from '../../ui/looks.ts'
import { edgePaths } from './edge-paths.ts'
import { GraphNodeView } from './graph-node.tsx'
import { dashes, relationWords } from './graph-words.ts'
import css from './graph.module.css'
import { layeredLayout, NODE_HEIGHT, NODE_WIDTH } from './layered-layout.ts'
import type { Picture } from './merge-graphs.ts'
import { usePanAndZoom } from './use-pan-and-zoom.ts'
import { centred, isInView, nearestTowards } from './viewport.ts'
import { ZoomTools } from './zoom-tools.tsx'

/** Below this size writing can't be read: nodes are plain boxes in one path. */
const READABLE = 0.42

interface GraphCanvasProps {
  picture: Picture
  roots: readonly string[]
  open: readonly string[]
  /** Health of what runs, by ref. */
  health: ReadonlyMap<string, Look>
  onOpen: (ref: string) => void
}

/** The picture: only what is in sight is drawn, and from afar only boxes. Arrows move, enter opens, `e` expands, `+ - 0` zoom. */
export function GraphCanvas({ picture, roots, open, health, onOpen }: GraphCanvasProps) {
  const navigate = useNavigate()
  const frame = useRef<HTMLDivElement>(null)
  const layout = useMemo(
    () =>
      layeredLayout(
        picture.nodes.map((node) => node.ref),
        picture.edges,
      ),
    [picture],
  )
  const { viewport, setViewport, size, fit, reopen, zoomBy, isDragged } = usePanAndZoom(frame, layout, roots[0])
  const [active, setActive] = useState<string>()
  const byRef = useMemo(() => new Map(picture.nodes.map((node) => [node.ref, node])), [picture])
  const edgesOf = useMemo(() => {
    const map = new Map<string, typeof picture.edges>()
    for (const edge of picture.edges) for (const ref of new Set([edge.source, edge.target])) map.set(ref, [...(map.get(ref) ?? []), edge])
    return map
  }, [picture])
  const byType = useMemo(
    () =>
      Object.keys(dashes).map((type) => ({
        type,
        ...edgePaths(
          picture.edges.filter((edge) => edge.type === type),
          layout.at,
        ),
      })),
    [picture, layout],
  )
  const boxes = useMemo(() => Array.from(layout.at.values(), ({ x, y }) => `M${x} ${y}h${NODE_WIDTH}v${NODE_HEIGHT}h-${NODE_WIDTH}Z`).join(''), [layout])
  const current = active !== undefined && byRef.has(active) ? active : (roots.find((ref) => byRef.has(ref)) ?? picture.nodes[0]?.ref)
  const isReadable = viewport.scale >= READABLE
  const shown = isReadable
    ? picture.nodes.filter((node) => {
        const place = layout.at.get(node.ref)
        return node.ref === current || (place !== undefined && isInView(viewport, size, { ...place, width: NODE_WIDTH, height: NODE_HEIGHT }, 120))
      })
    : picture.nodes.filter((node) => node.ref === current)

  const wanted = useRef<string>(undefined)
  const focusNode = (ref: string): void => {
    const place = layout.at.get(ref)
    if (place === undefined) return
    wanted.current = ref
    setActive(ref)
    const box = { ...place, width: NODE_WIDTH, height: NODE_HEIGHT }
    const isWhole = isInView(
      viewport,
      { width: size.width - 2 * NODE_WIDTH * viewport.scale, height: size.height - 2 * NODE_HEIGHT * viewport.scale },
      { ...box, x: box.x - NODE_WIDTH, y: box.y - NODE_HEIGHT },
    )
    if (!isWhole || !isReadable) setViewport(centred({ ...viewport, scale: Math.max(viewport.scale, 0.7) }, { x: place.x + NODE_WIDTH / 2, y: place.y }, size))
  }
  useLayoutEffect(() => {
    if (wanted.current === undefined) return
    const element = frame.current?.querySelector<SVGAElement>(`[data-node="${CSS.escape(wanted.current)}"]`)
    if (element === null || element === undefined) return
    wanted.current = undefined
    element.focus({ preventScroll: true })
  })
  useKey('e', () => current !== undefined && onOpen(current))
  useKey('0', fit)
  useKey('+', () => zoomBy(1.3))
  useKey('-', () => zoomBy(1 / 1.3))
  // A picture that came first is shown whole; one that has grown stays where it is.
  const start = roots.join(',')
  useEffect(() => reopen(), [start, reopen])

  const lit = edgePaths(current === undefined ? [] : (edgesOf.get(current) ?? []), layout.at)
  return (
    <div
      ref={frame}
      className={css['frame']}
      onKeyDown={(event) => {
        if (current === undefined || !event.key.startsWith('Arrow')) return
        const from = layout.at.get(current)
        const next =
          from &&
          nearestTowards(
            from,
            Array.from(layout.at, ([ref, place]) => ({ ref, ...place })),
            event.key,
          )
        if (next === undefined) return
        event.preventDefault()
        focusNode(next.ref)
      }}
    >
      <svg role="group" aria-label={`Graph of ${picture.nodes.length} entities. Arrow keys move, Enter opens, e expands.`} width="100%" height="100%">
        <g transform={`scale(${viewport.scale}) translate(${-viewport.x} ${-viewport.y})`}>
          <g fill="none" className={css['edges']}>
            {byType.map(({ type, lines, heads }) =>
              lines === '' ? null : (
                <g key={type}>
                  <path d={lines} strokeDasharray={dashes[type]} strokeWidth={isReadable ? 1.25 : 1.25 / viewport.scale / 2} />
                  {isReadable ? <path d={heads} className={css['heads']} /> : null}
                </g>
              ),
            )}
          </g>
          {isReadable ? null : <path d={boxes} className={css['boxes']} strokeWidth={1 / viewport.scale} onClick={(event) => isDragged() || openAt(event)} />}
          {active === undefined ? null : (
            <g className={css['lit']} aria-hidden="true">
              <path d={lit.lines} fill="none" />
              <path d={lit.heads} />
            </g>
          )}
          {shown.map((node) => {
            const place = layout.at.get(node.ref)
            if (place === undefined) return null
            return (
              <GraphNodeView
                key={node.ref}
                node={node}
                edges={edgesOf.get(node.ref) ?? []}
                x={place.x}
                y={place.y}
                health={health.get(node.ref)}
                isRoot={roots.includes(node.ref)}
                isActive={node.ref === current}
                isOpen={open.includes(node.ref)}
                onActive={setActive}
                onOpen={(ref) => isDragged() || onOpen(ref)}
                onGo={(href) => isDragged() || void navigate({ to: href as '/' })}
              />
            )
          })}
        </g>
      </svg>
      {active === undefined ? null : <ActiveNote title={byRef.get(active)?.title ?? active} edges={edgesOf.get(active) ?? []} self={active} />}
      <ZoomTools onZoom={zoomBy} onFit={fit} />
    </div>
  )

  /** From afar a click goes nearer. */
  function openAt(event: React.MouseEvent): void {
    const rect = frame.current?.getBoundingClientRect()
    if (rect === undefined) return
    const place = { x: viewport.x + (event.clientX - rect.left) / viewport.scale, y: viewport.y + (event.clientY - rect.top) / viewport.scale }
    setViewport(centred({ ...viewport, scale: 0.8 }, place, size))
  }
}

/** What the node that has the pointer or the focus is related to, in words. */
function ActiveNote({ title, edges, self }: { title: string; edges: Picture['edges']; self: string }) {
  if (edges.length === 0) return null
  const counts = new Map<string, number>()
  for (const edge of edges) {
    const words = edge.source === self ? relationWords(edge.type) : `${relationWords(edge.type)} (others)`
    counts.set(words, (counts.get(words) ?? 0) + 1)
  }
  return (
    <p className={css['note']}>
      <strong>{title}</strong> {[...counts].map(([words, count]) => `${words} ${count}`).join(' · ')}
    </p>
  )
}
