/** The message of a merge or squash that was given none. */
export function mergeMessage(pull: { number: number; title: string; body: string; sourceBranch: string }, isSquash: boolean): string {
  if (isSquash) return `${pull.title} (#${pull.number})${pull.body.trim() === '' ? '' : `\n\n${pull.body.trim()}`}`
  return `Merge pull request #${pull.number} from ${pull.sourceBranch}\n\n${pull.title}`
}

/** An entity ref as a name in a commit: `user:default/ana` is `ana`. */
export function personOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1).replaceAll(/[^A-Za-z0-9._-]/g, '') || 'fairway'
}
