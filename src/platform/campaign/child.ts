import type { JsonObject } from '#kernel/common/json'

/** Something that was made from a golden path, with all that makes its first files again. */
export interface Child {
  componentRef: string
  /** `acme/orders`; with its host in front on another than the built-in one. */
  repository: string
  templateRef: string
  /** The template's commit that it is at now: of its creation, or of the last upgrade that was merged. */
  templateCommit: string
  /** Commit at its creation. */
  createdCommit: string
  createdVersion: string
  parameters: JsonObject
  pins: Readonly<Record<string, string>>
  fillsDefaults: boolean
  createdBy: string
  changeId: string
  taskId: string | null
  /** Follows its template no more. */
  isEjected: boolean
}

/** Annotation of a child that says where it is: `template:default/go-service@3f2a…`. It travels with the files, so merging an upgrade moves it. */
const TEMPLATE_ANNOTATION = 'fairway.dev/template'

/** The commit that a child's annotation names, if it names this template. Pure. */
export function commitOf(annotations: Readonly<Record<string, string>> | undefined, templateRef: string): string | undefined {
  const value = annotations?.[TEMPLATE_ANNOTATION]
  const at = value?.lastIndexOf('@') ?? -1
  if (value === undefined || at < 0 || value.slice(0, at).toLowerCase() !== templateRef.toLowerCase()) return undefined
  const commit = value.slice(at + 1)
  return /^[0-9a-f]{40}$/.test(commit) ? commit : undefined
}

/** Where an upgrade is proposed: the same branch for the same upgrade, so that it is proposed once. Pure. */
export function upgradeBranch(templateRef: string, commit: string): string {
  return `fairway/upgrade-${templateRef.slice(templateRef.indexOf('/') + 1)}-${commit.slice(0, 8)}`
}
