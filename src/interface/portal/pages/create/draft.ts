import type { Values } from '../../parts/template-form/form-model.ts'

const prefix = 'fairway.draft.'

/** What was typed before for this template, in this browser. */
export function loadDraft(template: string): Values {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(prefix + template) ?? '{}')
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : {}
  } catch {
    return {}
  }
}

/** Keeps what is typed; never what is secret. */
export function keepDraft(template: string, values: Values, secret: ReadonlySet<string>): void {
  try {
    localStorage.setItem(prefix + template, JSON.stringify(Object.fromEntries(Object.entries(values).filter(([name]) => !secret.has(name)))))
  } catch {
    // a full storage costs only the draft
  }
}

/** Drops the draft, once the thing is made or one starts over. */
export function dropDraft(template: string): void {
  localStorage.removeItem(prefix + template)
}
