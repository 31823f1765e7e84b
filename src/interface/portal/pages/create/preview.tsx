import { useState } from 'react'
import type { CreationPreview } from '../../api/shapes.ts'
import { plural } from '../../format/quantity.ts'
import { EmptyState, Strip } from '../../ui/notice.tsx'
import css from './create.module.css'
import { fileTree } from './file-tree.ts'

interface PreviewProps {
  preview: CreationPreview | undefined
  error: Error | null
}

/** The files that would be made, as the form is filled in. */
export function Preview({ preview, error }: PreviewProps) {
  const [chosen, setChosen] = useState<string | null>(null)
  if (preview === undefined) {
    return error === null ? (
      <EmptyState title="The files show here">As soon as the needed fields are filled in, this is what the repository would hold.</EmptyState>
    ) : (
      <EmptyState title="No preview yet">{error.message}</EmptyState>
    )
  }
  const file = preview.files.find((each) => each.path === chosen) ?? preview.files.find((each) => /^readme\.md$/i.test(each.path)) ?? preview.files[0]
  return (
    <section aria-label="Preview of the files">
      <p className="dim" style={{ marginBottom: 8, fontSize: 13 }} role="status">
        Makes {plural(preview.files.length, 'file')} in {plural(preview.steps.length, 'step')}: {preview.steps.map((step) => step.name).join(', ')}.
      </p>
      {error === null ? null : <Strip tone="amber">The preview is from before your last change: {error.message}</Strip>}
      <div className={css['files']}>
        <div className={css['tree']} role="group" aria-label="Files">
          {fileTree(preview.files.map((each) => each.path)).map((line) =>
            line.kind === 'folder' ? (
              <div key={`${line.path}/`} className={css['folder']} style={{ paddingLeft: 8 + line.depth * 12 }}>
                {line.name}/
              </div>
            ) : (
              <button
                key={line.path}
                type="button"
                className={css['node']}
                style={{ paddingLeft: 8 + line.depth * 12 }}
                aria-current={line.path === file?.path}
                onClick={() => setChosen(line.path)}
              >
                {line.name}
              </button>
            ),
          )}
        </div>
        <pre className={css['content']} tabIndex={0} role="region" aria-label={file === undefined ? 'No file' : `Content of ${file.path}`}>
          {file === undefined
            ? null
            : file.isBinary
              ? 'A binary file'
              : file.content.split('\n').map((line, at) => <span key={`${at}${line}`}>{line === '' ? ' ' : line}</span>)}
        </pre>
      </div>
    </section>
  )
}
