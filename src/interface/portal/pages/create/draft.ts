import type { FieldGroup, Values } from './form-schema.ts'

const prefix = 'fairway.draft.'

/** What was typed before for this template, in this browser. */
export function loadDraft(template: string): Values {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(prefix + template) ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Values) : {}
  } catch {
    return {}
  }
}

/** Keeps what is typed; never a password. */
export function keepDraft(template: string, groups: readonly FieldGroup[], values: Values): void {
  const secret = new Set(
    groups
      .flatMap((group) => group.fields)
      .filter((field) => isSecret(field.schema))
      .map((field) => field.name),
  )
  try {
    localStorage.setItem(prefix + template, JSON.stringify(Object.fromEntries(Object.entries(values).filter(([name]) => !secret.has(name)))))
  } catch {
    // a full storage costs only the draft
  }
}

/** Drops the draft, once the thing is made. */
export function dropDraft(template: string): void {
  localStorage.removeItem(prefix + template)
}

function isSecret(schema: FieldGroup['fields'][number]['schema']): boolean {
  return schema['ui:widget'] === 'password' || schema['ui:field'] === 'Secret'
}
