/** The editor of a descriptor. */
export function EditorPage() {
  return null
}
