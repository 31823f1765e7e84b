/** What somebody was writing, and the commit that it began from. */
export interface EditorDraft {
  text: string
  commit: string
}

const keyOf = (repository: string, ref: string, path: string): string => `fairway.edit.${repository}@${ref}:${path}`

/** What was written here before and not saved, in this browser. */
export function loadDraft(repository: string, ref: string, path: string): EditorDraft | null {
  try {
    const value = JSON.parse(localStorage.getItem(keyOf(repository, ref, path)) ?? 'null') as Partial<EditorDraft> | null
    return typeof value?.text === 'string' && typeof value.commit === 'string' ? { text: value.text, commit: value.commit } : null
  } catch {
    return null
  }
}

/** Keeps what is written, so that neither a reload nor a lost session costs it. */
export function keepDraft(repository: string, ref: string, path: string, draft: EditorDraft): void {
  try {
    localStorage.setItem(keyOf(repository, ref, path), JSON.stringify(draft))
  } catch {
    // a full storage costs only the draft
  }
}

/** Drops the draft once it is saved or thrown away. */
export function dropDraft(repository: string, ref: string, path: string): void {
  localStorage.removeItem(keyOf(repository, ref, path))
}
