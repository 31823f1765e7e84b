import { useState } from 'react'
import type { CreationPreview } from '../../api/shapes.ts'
import { plural } from '../../format/quantity.ts'
import { EmptyState, Strip } from '../../ui/notice.tsx'
import css from './create.module.css'
import { fileTree } from './file-tree.ts'
import { FileView } from './file-view.tsx'
import { PreviewSteps } from './preview-steps.tsx'
import { summaryOf } from './preview-summary.ts'

interface PreviewProps {
  preview: CreationPreview | undefined
  error: Error | null
  /** What is shown is from before the last change. */
  isOld: boolean
}

const marks = { added: 'new', altered: 'altered', removed: 'removed', unchanged: '' } as const

/** What would be made, as the form is filled in: the files, against what is there, and what is done outside. */
export function Preview({ preview, error, isOld }: PreviewProps) {
  const [chosen, setChosen] = useState<string | null>(null)
  if (preview === undefined) {
    return error === null ? (
      <EmptyState title="The files show here">As soon as the needed fields are filled in, this is what would be made, and nothing is.</EmptyState>
    ) : (
      <EmptyState title="No preview yet">{error.message}</EmptyState>
    )
  }
  if (preview.problems.length > 0 && preview.files.length === 0) {
    return <EmptyState title="No preview yet">{preview.problems.map((problem) => problem.message).join('; ')}.</EmptyState>
  }
  const isAllNew = preview.files.every((each) => each.state === 'added')
  const files = isAllNew ? preview.files : preview.files.filter((each) => each.state !== 'unchanged')
  const file = files.find((each) => each.path === chosen) ?? files.find((each) => /^readme\.md$/i.test(each.path)) ?? files[0]
  return (
    <section aria-label="Preview" aria-busy={isOld && error === null ? undefined : false}>
      <p className="dim" style={{ marginBottom: 8, fontSize: 13 }} role="status">
        {summaryOf(preview)}
      </p>
      {error === null ? null : <Strip tone="amber">The preview is from before your last change: {error.message}</Strip>}
      {files.length === 0 ? null : (
        <div className={css['files']}>
          <div className={css['tree']} role="group" aria-label="Files">
            {fileTree(files.map((each) => each.path)).map((line) =>
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
                  {isAllNew ? null : <span className={css['mark']}> {marks[files.find((each) => each.path === line.path)?.state ?? 'unchanged']}</span>}
                </button>
              ),
            )}
          </div>
          {file === undefined ? null : <FileView file={file} />}
        </div>
      )}
      {isAllNew ? null : <p className={css['untouched']}>{plural(preview.files.length - files.length, 'file')} not altered.</p>}
      <PreviewSteps preview={preview} />
    </section>
  )
}
