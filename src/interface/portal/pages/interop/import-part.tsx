import { Button, Select, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { plural } from '../../format/quantity.ts'
import { ActionFault } from '../../parts/action-fault.tsx'
import { Strip } from '../../ui/notice.tsx'
import { DropZone } from './drop-zone.tsx'
import { formats, readDropped, type DroppedFile, type Format } from './formats.ts'
import css from './interop.module.css'
import { ResultView } from './result-view.tsx'

/** Files of another catalog: tried first, then written to a repository of the built-in Git host. */
export function ImportPart() {
  const client = useQueryClient()
  const [format, setFormat] = useState<Format>('backstage')
  const [repository, setRepository] = useState('fairway/imported')
  const [files, setFiles] = useState<DroppedFile[]>([])
  const [refused, setRefused] = useState<string[]>([])
  const send = useMutation({
    mutationFn: (dryRun: boolean) => api.call('imports.create', { body: { format, files, dryRun, repository } }),
    onSuccess: async (_, dryRun) => {
      if (!dryRun) await client.invalidateQueries({ queryKey: ['entities'] })
    },
  })
  const hint = formats.find((each) => each.value === format)?.hint
  const tried = send.data
  const wasDry = send.variables === true
  const count = tried?.entities.filter((entity) => entity.change !== 'unchanged').length ?? 0
  const reset = (): void => send.reset()
  return (
    <div className={css['part']}>
      <div className={css['fields']}>
        <Select
          label="Format"
          description={hint}
          data={formats}
          value={format}
          allowDeselect={false}
          onChange={(next) => {
            setFormat((next ?? 'backstage') as Format)
            reset()
          }}
        />
        <TextInput
          label="Repository"
          description="Made when it is not there; people and templates are proposed to the organisation"
          value={repository}
          onChange={(event) => {
            setRepository(event.currentTarget.value)
            reset()
          }}
        />
      </div>
      <DropZone
        label="Files to import"
        onFiles={(dropped) => {
          void readDropped(dropped).then((read) => {
            setFiles((old) => [...old.filter((each) => !read.files.some((file) => file.path === each.path)), ...read.files])
            setRefused(read.refused)
            reset()
          })
        }}
      />
      {refused.length === 0 ? null : <Strip tone="amber">Left out: {refused.join('; ')}.</Strip>}
      {files.length === 0 ? null : (
        <ul className={css['fileList']} aria-label="Chosen files">
          {files.map((file) => (
            <li key={file.path}>
              <code>{file.path}</code>
              <Button
                variant="subtle"
                color="gray"
                c="dimmed"
                size="compact-xs"
                aria-label={`Leave out ${file.path}`}
                onClick={() => {
                  setFiles((old) => old.filter((each) => each.path !== file.path))
                  reset()
                }}
              >
                Leave out
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className={css['buttons']}>
        <Button
          {...(tried !== undefined && wasDry ? { variant: 'default' as const } : {})}
          disabled={files.length === 0}
          loading={send.isPending && wasDry}
          onClick={() => send.mutate(true)}
        >
          Try {files.length === 0 ? 'it' : plural(files.length, 'file')}
        </Button>
        {tried !== undefined && wasDry && count > 0 ? (
          <Button loading={send.isPending && !wasDry} onClick={() => send.mutate(false)}>
            Import {plural(count, 'entity', 'entities')}
          </Button>
        ) : null}
      </div>
      {send.error === null ? null : <ActionFault error={send.error} verb="import into the catalog" onRetry={() => send.mutate(wasDry)} />}
      {tried === undefined ? null : <ResultView result={tried} isDry={wasDry} />}
    </div>
  )
}
