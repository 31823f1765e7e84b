import { TextInput } from '@mantine/core'
import { commonProps, type FieldInputProps } from './field-input.tsx'
import { formatRepoUrl, parseRepoUrl } from './repo-url.ts'

/** Owner and name of a repository on the built-in Git host. */
export function RepoUrlPicker(props: FieldInputProps) {
  const { field, value, onChange, onBlur } = props
  const shared = commonProps(props)
  const options = field.schema['ui:options'] ?? {}
  const hosts = Array.isArray(options['allowedHosts']) ? options['allowedHosts'] : []
  const owners = Array.isArray(options['allowedOwners']) ? options['allowedOwners'] : []
  const parts = parseRepoUrl(typeof value === 'string' ? value : '')
  const host = parts.host === '' ? String(hosts[0] ?? window.location.host) : parts.host
  const owner = parts.owner === '' && parts.repo === '' ? String(owners[0] ?? '') : parts.owner
  return (
    <div role="group" aria-label={shared.label} style={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: '4px 12px' }}>
      <TextInput
        label="Repository owner"
        id={shared.id}
        value={owner}
        required={field.isRequired}
        onBlur={onBlur}
        onChange={(event) => onChange(formatRepoUrl({ host, owner: event.currentTarget.value, repo: parts.repo }))}
      />
      <TextInput
        label="Repository name"
        value={parts.repo}
        required={field.isRequired}
        error={shared.error}
        onBlur={onBlur}
        onChange={(event) => onChange(formatRepoUrl({ host, owner, repo: event.currentTarget.value }))}
      />
      {shared.description === undefined ? null : (
        <p className="dim" style={{ gridColumn: '1 / -1', fontSize: 12 }}>
          {shared.description}
        </p>
      )}
    </div>
  )
}
