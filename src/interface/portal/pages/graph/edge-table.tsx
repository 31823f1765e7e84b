import { Button } from '@mantine/core'
import { useState } from 'react'
import type { GraphEdge, GraphNode } from '../../api/catalog-queries.ts'
import { plural } from '../../format/quantity.ts'
import { EntityLink } from '../../ui/links.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'
import { kindLine, relationWords } from './graph-words.ts'
import type { Picture } from './merge-graphs.ts'

interface Row {
  key: string
  source: GraphNode
  type: string
  target: GraphNode | undefined
}

const STEP = 200

/** The same as the picture, as a table: who is related to whom, and by what; what is related to nothing comes last. */
export function EdgeTable({ picture }: { picture: Picture }) {
  const [shown, setShown] = useState(STEP)
  const rows = rowsOf(picture)
  const columns: readonly Column<Row>[] = [
    { key: 'source', title: 'Entity', isMain: true, cell: ({ source }) => <Named node={source} /> },
    {
      key: 'type',
      title: 'Relation',
      width: 160,
      cell: ({ type }) => (type === '' ? <span className="dim">related to none of these</span> : relationWords(type)),
    },
    { key: 'target', title: 'To', cell: ({ target }) => (target === undefined ? '–' : <Named node={target} />) },
  ]
  return (
    <>
      <Table label="Relations" rows={rows.slice(0, shown)} columns={columns} rowKey={(row) => row.key} />
      {rows.length > shown ? (
        <Button variant="default" mt="md" onClick={() => setShown(shown + STEP)}>
          Show {STEP} more of {plural(rows.length, 'relation')}
        </Button>
      ) : null}
    </>
  )
}

function Named({ node }: { node: GraphNode }) {
  return (
    <TwoLines
      main={<EntityLink of={node.ref} title={node.title} />}
      sub={
        <>
          {kindLine(node)}
          {node.hasProblems ? (
            <span style={{ marginLeft: 8 }}>
              <StateMark look={{ tone: 'amber', shape: 'triangle', word: 'has problems' }} />
            </span>
          ) : null}
        </>
      }
    />
  )
}

/** Pure. */
function rowsOf({ nodes, edges }: Picture): Row[] {
  const byRef = new Map(nodes.map((node) => [node.ref, node]))
  const related = new Set(edges.flatMap((edge: GraphEdge) => [edge.source, edge.target]))
  const rows = edges.flatMap(({ source, type, target }) => {
    const from = byRef.get(source)
    return from === undefined ? [] : [{ key: `${source} ${type} ${target}`, source: from, type, target: byRef.get(target) }]
  })
  rows.sort(
    (a, b) => a.source.title.localeCompare(b.source.title) || a.type.localeCompare(b.type) || (a.target?.title ?? '').localeCompare(b.target?.title ?? ''),
  )
  return [...rows, ...nodes.filter((node) => !related.has(node.ref)).map((source) => ({ key: source.ref, source, type: '', target: undefined }))]
}
