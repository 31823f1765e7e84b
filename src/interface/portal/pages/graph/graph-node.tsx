import type { GraphEdge, GraphNode } from '../../api/catalog-queries.ts'
import { entityHref } from '../../format/reference.ts'
import type { Look } from '../../ui/looks.ts'
import { toneClass } from '../../ui/state-mark.tsx'
import { cut, kindLine, nodeWords } from './graph-words.ts'
import css from './graph.module.css'
import { KindShape } from './kind-shape.tsx'
import { NODE_HEIGHT, NODE_WIDTH } from './layered-layout.ts'

interface GraphNodeProps {
  node: GraphNode
  edges: readonly GraphEdge[]
  x: number
  y: number
  health: Look | undefined
  isRoot: boolean
  isActive: boolean
  isOpen: boolean
  onActive: (ref: string | undefined) => void
  onOpen: (ref: string) => void
  onGo: (href: string) => void
}

/** One entity: shape and word of its kind, its name, and its marks. A link to its page; its plus takes in what it touches. */
export function GraphNodeView({ node, edges, x, y, health, isRoot, isActive, isOpen, onActive, onOpen, onGo }: GraphNodeProps) {
  const href = entityHref(node.ref)
  const marks = [node.hasProblems ? 'problems' : undefined, health === undefined ? undefined : 'health'].filter((mark) => mark !== undefined).length
  return (
    <g transform={`translate(${x} ${y})`} className={css['node']} data-root={isRoot ? 'true' : undefined} data-missing={node.isMissing ? 'true' : undefined}>
      <a
        href={href}
        data-node={node.ref}
        tabIndex={isActive ? 0 : -1}
        onFocus={() => onActive(node.ref)}
        onPointerEnter={() => onActive(node.ref)}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return
          event.preventDefault()
          onGo(href)
        }}
        draggable={false}
      >
        <title>{nodeWords(node, edges, health?.word)}</title>
        <rect width={NODE_WIDTH} height={NODE_HEIGHT} rx="6" className={css['box']} />
        <g transform="translate(12 14)" className={css['glyph']}>
          <KindShape kind={node.kind} />
        </g>
        <text x="38" y="19" className={css['name']}>
          {cut(node.title, 22 - 2 * marks)}
        </text>
        <text x="38" y="34" className={css['kind']}>
          {cut(kindLine(node), 26)}
        </text>
        {node.hasProblems ? (
          <g transform={`translate(${NODE_WIDTH - 24} 8)`} className={toneClass('amber')}>
            <path d="M6 .5 11.500 10.500H.5Z" fill="var(--mark)" />
          </g>
        ) : null}
        {health === undefined ? null : (
          <g transform={`translate(${NODE_WIDTH - (node.hasProblems ? 42 : 24)} 8)`} className={toneClass(health.tone)}>
            {health.shape === 'triangle' ? (
              <path d="M6 .5 11.500 10.500H.5Z" fill="var(--mark)" />
            ) : health.shape === 'disc' ? (
              <circle cx="6" cy="6" r="4.500" fill="var(--mark)" />
            ) : (
              <circle cx="6" cy="6" r="4" fill="none" stroke="var(--mark)" strokeWidth="2" />
            )}
          </g>
        )}
      </a>
      {node.isMissing ? null : (
        <g
          transform={`translate(${NODE_WIDTH} ${NODE_HEIGHT / 2})`}
          className={css['plus']}
          data-active={isActive || isOpen ? 'true' : undefined}
          onClick={() => onOpen(node.ref)}
          aria-hidden="true"
        >
          <circle r="12" fill="transparent" />
          <circle r="9" className={css['plusDisc']} />
          <path d={isOpen ? 'M-4 0h8' : 'M-4 0h8M0-4v8'} stroke="currentColor" strokeWidth="1.5" />
        </g>
      )}
    </g>
  )
}
