import { createHash } from 'node:crypto'
import { parseId, type Id } from '#kernel/common/id'
import { gitHostFaults } from '../git-host-faults.ts'
import type { RepositoryRef } from '../git-host.ts'

/** Azure DevOps lets blanks into names of projects and repositories; nobody lets more than this. */
const SEGMENT = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_. -]{0,253}[\p{L}\p{N}_-])?$/u

/**
 * Owner and name of a repository on a foreign host: segments that lead nowhere else, in whatever case. An owner may be a path, e.g. `acme/shop/backend`
 * (GitLab's subgroups) or `acme/Web Shop` (Azure's organisation and project).
 * @throws `delivery.git_host.bad_name`.
 */
export function assertForgeName({ owner, name }: RepositoryRef): void {
  const rule = 'letters, digits and _ . - (and / in an owner), beginning with a letter, digit or _, without ".."'
  if (!owner.split('/').every(isGoodSegment)) throw gitHostFaults.bad_name({ what: 'repository owner', value: owner, rule })
  if (!isGoodSegment(name)) throw gitHostFaults.bad_name({ what: 'repository name', value: name, rule: `${rule}, and not ending in .git` })
}

function isGoodSegment(segment: string): boolean {
  return SEGMENT.test(segment) && !segment.includes('..') && !/\.(?:git|atom|lock|wiki)$/i.test(segment)
}

/** The same for the same repository always, since its forge's id never changes. */
export function repositoryIdOf(host: string, forgeId: string): Id<'repo'> {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
  const hash = createHash('sha256').update(`${host}\n${forgeId}`).digest()
  const id = parseId('repo', `repo_${[...hash.subarray(0, 24)].map((byte) => alphabet[byte % 32]).join('')}`)
  if (id === undefined) throw new Error('an id of 24 characters of the alphabet is one')
  return id
}

/** A folder's name for a repository's mirror: legible, and another for each repository. No forge tells names apart by case. */
export function mirrorFolder({ owner, name }: RepositoryRef): string {
  const full = `${owner}/${name}`.toLowerCase()
  const slug = full.replaceAll(/[^a-z0-9]+/g, '-').slice(-60)
  return `${slug}-${createHash('sha256').update(full).digest('hex').slice(0, 12)}.git`
}
