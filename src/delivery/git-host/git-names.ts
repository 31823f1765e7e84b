import { gitHostFaults } from './git-host-faults.ts'

const OWNER = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9_-])?$/
const SHA = /^[0-9a-f]{40}$/

/** A commit that is none: the side of a ref update where the ref does not exist. */
export const ZERO_SHA = '0'.repeat(40)

/** `acme` and `orders`: they become folder names, so nothing else than these characters gets through. @throws `delivery.git_host.bad_name`. */
export function assertRepositoryName(owner: string, name: string): void {
  if (!OWNER.test(owner))
    throw gitHostFaults.bad_name({ what: 'repository owner', value: owner, rule: '1 to 40 of a-z 0-9 -, beginning and ending with a letter or digit' })
  if (!NAME.test(name) || name.includes('..') || name.endsWith('.git') || name.endsWith('.lock'))
    throw gitHostFaults.bad_name({
      what: 'repository name',
      value: name,
      rule: '1 to 100 of a-z 0-9 . _ -, beginning with a letter or digit, without ".." and not ending in . .git .lock',
    })
}

/** `acme/orders` in its two parts. @throws `delivery.git_host.bad_name`. */
export function splitRepository(repository: string): { owner: string; name: string } {
  const [owner = '', name = '', ...more] = repository.split('/')
  if (more.length > 0) throw gitHostFaults.bad_name({ what: 'repository', value: repository, rule: 'write OWNER/NAME' })
  assertRepositoryName(owner, name)
  return { owner, name }
}

/** The rules of git-check-ref-format(1), and stricter: no character that a shell or a log could trip over. */
export function isGoodRefName(ref: string): boolean {
  if (ref.length === 0 || ref.length > 200 || !/^[A-Za-z0-9][A-Za-z0-9._/+@=-]*$/.test(ref)) return false
  if (ref.includes('..') || ref.includes('@{') || ref.includes('//') || ref.endsWith('.') || ref.endsWith('/')) return false
  return ref.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock') && !part.startsWith('-'))
}

/** @throws `delivery.git_host.bad_name`. */
export function assertBranch(branch: string): void {
  if (!isGoodRefName(branch) || branch === 'HEAD' || branch.startsWith('refs/') || SHA.test(branch))
    throw gitHostFaults.bad_name({ what: 'branch', value: branch, rule: 'letters, digits and . _ / + @ = -, e.g. "main" or "feature/login"' })
}

/** True for a full commit id: 40 hex digits. */
export function isSha(text: string): boolean {
  return SHA.test(text)
}

/**
 * The revision expressions that a ref may mean, in the order to try: a full id, a full ref, a branch, a tag.
 * Empty for what is no ref, so that no option and no range ever reaches git.
 */
export function revisionsOf(ref: string): string[] {
  if (isSha(ref)) return [ref]
  if (ref === 'HEAD') return ['HEAD']
  if (!isGoodRefName(ref)) return []
  if (ref.startsWith('refs/') && !/^refs\/(?:heads|tags)\/./.test(ref)) return []
  if (/^refs\/(?:heads|tags)\/./.test(ref)) return [ref]
  return [`refs/heads/${ref}`, `refs/tags/${ref}`]
}

/** A path of a file in a repository, e.g. `src/server.js`. @throws `delivery.git_host.bad_name`. */
export function assertFilePath(filePath: string): void {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  const isGood = filePath.length <= 1024 && !/[\u0000-\u001f\u007f\\]/.test(filePath) && filePath.split('/').every(isGoodSegment)
  if (!isGood)
    throw gitHostFaults.bad_name({
      what: 'file path',
      value: filePath,
      rule: 'relative, with /, without empty, "." , ".." or ".git" parts and control characters',
    })
}

/** `.git` in any spelling that some file system takes for it (CVE-2014-9390): case, trailing dots and blanks, the short name, ignored characters. */
function isGoodSegment(segment: string): boolean {
  const plain = segment
    .replaceAll(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '')
    .replace(/[. ]+$/, '')
    .toLowerCase()
  return segment !== '' && segment !== '.' && segment !== '..' && plain !== '.git' && plain !== 'git~1' && plain !== ''
}
