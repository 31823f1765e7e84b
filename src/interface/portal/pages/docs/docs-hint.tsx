/** What makes documentation appear; in the words of every place that has none. */
export function DocsHint() {
  return (
    <>
      Write Markdown files into <code>docs/</code> beside the descriptor, and push them: they are shown here at once. A <code>mkdocs.yml</code> gives them an
      order. For docs in another folder or repository, name it in the annotation <code>backstage.io/techdocs-ref</code>.
    </>
  )
}
