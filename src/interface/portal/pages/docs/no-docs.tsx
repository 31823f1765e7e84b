import { Link } from '@tanstack/react-router'
import type { EntityParams } from '../../api/docs-queries.ts'
import { entityHref } from '../../format/reference.ts'
import { CodeBlock } from '../../parts/markdown/code-block.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { DocsHint } from './docs-hint.tsx'
import css from './docs.module.css'

/** How documentation comes here, for who has none. */
export function NoDocs({ of }: { of: EntityParams }) {
  return (
    <EmptyState title={`${of.name} has no docs yet`} action={<Link to={entityHref(`${of.kind}:${of.namespace}/${of.name}`)}>Back to {of.name}</Link>}>
      <DocsHint />
      <div className={css['begin']}>
        <CodeBlock language="sh" text={`mkdir docs\necho "# ${of.name}" > docs/index.md\ngit add docs && git commit -m "Begin the docs" && git push`} />
      </div>
    </EmptyState>
  )
}
