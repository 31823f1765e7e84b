import type { CatalogLocation } from '../../api/catalog-queries.ts'
import type { Look } from '../../ui/looks.ts'

const looks: Record<CatalogLocation['state'], Look> = {
  reading: { tone: 'blue', shape: 'arc', word: 'Reading' },
  ok: { tone: 'green', shape: 'check', word: 'Read' },
  partial: { tone: 'amber', shape: 'triangle', word: 'Read in part' },
  failed: { tone: 'red', shape: 'cross', word: 'Failed' },
}

/** How a location's state is shown. */
export function locationLook(state: CatalogLocation['state']): Look {
  return looks[state] ?? { tone: 'grey', shape: 'ring', word: state }
}

/** `catalog-info.yaml:12:3`, as far as it is known; empty when it is about no file. */
export function placeOfProblem({ file, line, column }: { file?: string | undefined; line?: number | undefined; column?: number | undefined }): string {
  return [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined && part !== '').join(':')
}

/** Filter of the catalog that shows what a location gave. */
export function entitiesOf({ target, type }: Pick<CatalogLocation, 'target' | 'type'>): string {
  return `metadata.annotations.backstage.io/managed-by-origin-location=${type === 'file' ? 'file' : 'url'}:${target}`
}

interface Person {
  principal: string
  kind: string
  groups: readonly string[]
  isAdministrator: boolean
}

/** Whether the server would let this person remove it: the same rule, so that no button leads to a refusal. */
export function mayRemove({ addedBy, isBuiltIn, parentId }: Pick<CatalogLocation, 'addedBy' | 'isBuiltIn' | 'parentId'>, person: Person | undefined): boolean {
  if (person === undefined || isBuiltIn || parentId !== null) return false
  return person.isAdministrator || (person.kind === 'person' && (addedBy === person.principal || person.groups.includes('group:default/platform')))
}

/** Why there is no "Remove", in words. */
export function whyNotRemove({ isBuiltIn, parentId, addedBy }: Pick<CatalogLocation, 'addedBy' | 'isBuiltIn' | 'parentId'>): string {
  if (isBuiltIn) return 'A repository of the built-in Git host is always read. Delete its descriptors, or the repository.'
  if (parentId !== null) return 'It belongs to an organisation that is read as a whole: remove that.'
  return `Only ${addedBy} or the platform team can remove it.`
}
