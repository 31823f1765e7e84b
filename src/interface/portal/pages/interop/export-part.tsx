import { Button, Select, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { plural } from '../../format/quantity.ts'
import { ActionFault } from '../../parts/action-fault.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { formats, type Format } from './formats.ts'
import css from './interop.module.css'
import { LossTable } from './result-view.tsx'
import { storedZip } from './stored-zip.ts'

/** The catalog, or a part of it, as files of another catalog. */
export function ExportPart() {
  const [format, setFormat] = useState<Format>('backstage')
  const [filter, setFilter] = useState('')
  const write = useMutation({
    mutationFn: () => api.call('exports.get', { params: { format }, query: filter.trim() === '' ? {} : { filter: [filter.trim()] } }),
  })
  const files = write.data?.files
  const label = formats.find((each) => each.value === format)?.label ?? format
  return (
    <form
      className={css['part']}
      onSubmit={(event) => {
        event.preventDefault()
        write.mutate()
      }}
    >
      <div className={css['fields']}>
        <Select
          label="Format"
          data={formats.map(({ value, label: title }) => ({ value, label: title }))}
          value={format}
          allowDeselect={false}
          onChange={(next) => {
            setFormat((next ?? 'backstage') as Format)
            write.reset()
          }}
        />
        <TextInput
          label="Only"
          description="A filter as in Backstage; a comma is “and”. Without one it is the whole catalog."
          placeholder="kind=component,spec.lifecycle=production"
          value={filter}
          onChange={(event) => {
            setFilter(event.currentTarget.value)
            write.reset()
          }}
        />
      </div>
      <div className={css['buttons']}>
        <Button type="submit" {...(files === undefined ? {} : { variant: 'default' as const })} loading={write.isPending}>
          Write files for {label}
        </Button>
        {files === undefined || files.length === 0 ? null : (
          <Button onClick={() => save(`fairway-${format}.zip`, storedZip(files), 'application/zip')}>Download {plural(files.length, 'file')} as ZIP</Button>
        )}
      </div>
      {write.error === null ? null : <ActionFault error={write.error} verb="export the catalog" onRetry={() => write.mutate()} />}
      {write.data === undefined ? null : (
        <>
          <LossTable losses={write.data.losses} />
          {write.data.files.length === 0 ? (
            <EmptyState title="Nothing to export">No entity fits this filter.</EmptyState>
          ) : (
            <Section title="Files" count={write.data.files.length}>
              <Table
                label="Files"
                rows={write.data.files}
                rowKey={(file) => file.path}
                columns={[
                  {
                    key: 'path',
                    title: 'File',
                    isMain: true,
                    cell: (file) => (
                      <details>
                        <summary>
                          <code>{file.path}</code>
                        </summary>
                        <pre className={css['text']} tabIndex={0} role="region" aria-label={`Content of ${file.path}`}>
                          {file.text.slice(0, 50_000)}
                        </pre>
                      </details>
                    ),
                  },
                  {
                    key: 'save',
                    title: 'Download',
                    align: 'right',
                    width: 120,
                    cell: (file) => (
                      <Button
                        variant="subtle"
                        color="gray"
                        c="dimmed"
                        size="compact-sm"
                        aria-label={`Download ${file.path}`}
                        onClick={() => save(file.path.split('/').at(-1) ?? 'file', new TextEncoder().encode(file.text), 'text/plain')}
                      >
                        Download
                      </Button>
                    ),
                  },
                ]}
              />
            </Section>
          )}
        </>
      )}
    </form>
  )
}

function save(name: string, bytes: Uint8Array<ArrayBuffer>, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
