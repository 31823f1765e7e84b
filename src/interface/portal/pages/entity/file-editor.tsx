import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { api } from '../../api/client.ts'
import { entityQueries } from '../../api/entity-queries.ts'
import type { RepositoryName } from '../../api/repository-queries.ts'
import { plural } from '../../format/quantity.ts'
import { Strip } from '../../ui/notice.tsx'
import { Panel } from '../../ui/page.tsx'
import { RowSkeletons } from '../../ui/query-view.tsx'
import { DryRun } from './dry-run.tsx'
import { dropDraft, keepDraft, loadDraft } from './editor-draft.ts'
import { SaveDialog } from './save-dialog.tsx'

const YamlEditor = lazy(() => import('../../parts/yaml-editor/yaml-editor.tsx').then((module) => ({ default: module.YamlEditor })))

interface FileEditorProps {
  repository: RepositoryName
  branch: string
  isDefault: boolean
  file: { path: string; sha: string; content: string }
}

/** Typing is checked when it pauses. */
const PAUSE_MS = 400

/** The editor with what it would change, and how it is saved. Its text is kept in this browser until it is saved or thrown away. */
export function FileEditor({ repository, branch, isDefault, file }: FileEditorProps) {
  const name = `${repository.owner}/${repository.name}`
  const navigate = useNavigate()
  const [draft] = useState(() => loadDraft(name, branch, file.path))
  const [text, setText] = useState(draft?.text ?? file.content)
  const [base, setBase] = useState(draft?.commit ?? file.sha)
  const [version, setVersion] = useState(0)
  const [isSaving, setSaving] = useState(false)
  const isYaml = /\.ya?ml$/i.test(file.path)
  const isChanged = text !== file.content
  const settled = useSettled(text)
  const check = useQuery({ ...entityQueries.check(settled, file.path), enabled: isYaml })
  const problems = useMemo(() => (isYaml && check.data !== undefined ? check.data.problems : []), [isYaml, check.data])
  const write = useCallback(
    (next: string) => {
      setText(next)
      if (next === file.content) dropDraft(name, branch, file.path)
      else keepDraft(name, branch, file.path, { text: next, commit: base })
    },
    [name, branch, file.path, file.content, base],
  )
  const discard = (): void => {
    dropDraft(name, branch, file.path)
    setText(file.content)
    setBase(file.sha)
    setVersion((before) => before + 1)
  }
  return (
    <>
      {draft !== null && isChanged ? (
        <Strip tone="blue">
          This is your draft: it was kept in this browser and is not saved yet.{' '}
          <Button variant="default" size="compact-xs" onClick={discard}>
            Throw it away
          </Button>
        </Strip>
      ) : null}
      {base === file.sha || !isChanged ? null : (
        <Strip tone="amber">
          The branch has moved since you began. Saving would be refused: take over what is there now by throwing the draft away, or{' '}
          <Button variant="default" size="compact-xs" onClick={() => setBase(file.sha)}>
            Write on top of it
          </Button>
        </Strip>
      )}
      <Panel>
        <Suspense fallback={<RowSkeletons rows={10} />}>
          <YamlEditor
            text={text}
            version={version}
            label={`Content of ${file.path}`}
            isYaml={isYaml}
            problems={problems}
            onChange={write}
            onSave={() => setSaving(isChanged)}
            entities={entitiesOf}
          />
        </Suspense>
      </Panel>
      <p style={{ display: 'flex', flexWrap: 'wrap', gap: '8px 16px', alignItems: 'center', margin: '12px 0 24px' }}>
        <Button disabled={!isChanged} onClick={() => setSaving(true)}>
          Save…
        </Button>
        <Button variant="default" disabled={!isChanged} onClick={discard}>
          Take back
        </Button>
        <span className="dim" role="status">
          {!isChanged ? 'As it is in the repository' : problems.length > 0 ? plural(problems.length, 'problem') : 'Changed; kept as a draft in this browser'}
        </span>
      </p>
      {isYaml ? <DryRun check={check} /> : null}
      {isSaving ? (
        <SaveDialog
          repository={repository}
          branch={branch}
          isDefault={isDefault}
          path={file.path}
          text={text}
          commit={base}
          problems={problems.length}
          onClose={() => setSaving(false)}
          onSaved={(pull) => {
            dropDraft(name, branch, file.path)
            if (pull === null)
              void navigate({ to: '/repositories/$owner/$name', params: repository, search: { file: file.path, ...(isDefault ? {} : { ref: branch }) } })
            else void navigate({ to: '/repositories/$owner/$name/pull-requests/$number', params: { ...repository, number: String(pull) } })
          }}
        />
      ) : null}
    </>
  )
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

async function entitiesOf(kinds: readonly string[], written: string) {
  const { items } = await api.call('entities.list', {
    query: {
      kind: [...kinds],
      limit: 30,
      orderBy: 'metadata.name,asc',
      fields: 'kind,metadata.name,metadata.namespace,metadata.title',
      ...(written === '' ? {} : { q: written }),
    },
  })
  return items.map(({ kind, metadata }) => ({
    kind: kind.toLowerCase(),
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    title: metadata.title,
  }))
}
