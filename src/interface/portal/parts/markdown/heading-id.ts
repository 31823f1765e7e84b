/** The id of a heading as MkDocs makes it, and as the server names it: `set-up` for "Set-up". */
export function headingId(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(/[\s-]+/g, '-')
}
