import { TextInput } from '@mantine/core'
import type { Json } from '#contract'
import { commonProps, type FieldInputProps } from './field-props.ts'
import { formatRepoUrl, parseRepoUrl } from './repo-url.ts'

/** Owner and name of a repository on the built-in Git host. */
export function RepoUrlPicker(props: FieldInputProps) {
  const { field, value, onChange, onBlur } = props
  const shared = commonProps(props)
  const options = field.schema['ui:options'] ?? {}
  const firstOf = (allowed: Json | undefined): string | undefined => (Array.isArray(allowed) && typeof allowed[0] === 'string' ? allowed[0] : undefined)
  const parts = parseRepoUrl(typeof value === 'string' ? value : '')
  const host = parts.host === '' ? (firstOf(options['allowedHosts']) ?? window.location.host) : parts.host
  const owner = parts.owner === '' && parts.repo === '' ? (firstOf(options['allowedOwners']) ?? '') : parts.owner
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
