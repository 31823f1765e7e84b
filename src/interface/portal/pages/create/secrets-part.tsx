import { PasswordInput } from '@mantine/core'
import type { Template } from '../../api/shapes.ts'
import css from './create.module.css'
import type { ShownFault } from './error-summary.tsx'

interface SecretSchema {
  title?: string
  description?: string
}

interface SecretsPartProps {
  schema: NonNullable<Template['secrets']>
  secrets: Record<string, string>
  /** Shown once the form was sent. */
  faults: readonly ShownFault[]
  onChange: (name: string, text: string) => void
}

/** The secrets that a template asks for with `spec.secrets`: sealed until the run ends, in no draft and no log. */
export function SecretsPart({ schema, secrets, faults, onChange }: SecretsPartProps) {
  return (
    <fieldset className={css['group']}>
      <legend className={css['legend']}>Secrets</legend>
      <p className="dim">Sealed until the run ends, then forgotten. They are in no draft and no log.</p>
      {secretsOf(schema).map(([name, { title, description }]) => (
        <PasswordInput
          key={name}
          id={`secret-${name}`}
          label={title ?? name}
          description={description}
          required={isNeeded(schema, name)}
          error={faults.find((fault) => fault.id === `secret-${name}`)?.message}
          autoComplete="new-password"
          value={secrets[name] ?? ''}
          onChange={(event) => onChange(name, event.currentTarget.value)}
        />
      ))}
    </fieldset>
  )
}

/** Secrets that are needed and not there. */
export function secretFaults(schema: Template['secrets'], secrets: Record<string, string>): ShownFault[] {
  if (schema === undefined) return []
  return secretsOf(schema)
    .filter(([name]) => isNeeded(schema, name) && (secrets[name] ?? '') === '')
    .map(([name, { title }]) => ({ id: `secret-${name}`, title: title ?? name, message: 'This is needed' }))
}

function secretsOf(schema: NonNullable<Template['secrets']>): [string, SecretSchema][] {
  const properties = schema['properties']
  return typeof properties === 'object' && properties !== null ? (Object.entries(properties) as [string, SecretSchema][]) : []
}

function isNeeded(schema: NonNullable<Template['secrets']>, name: string): boolean {
  return Array.isArray(schema['required']) && schema['required'].includes(name)
}
