import type { GitHost, RepositoryRef } from '#delivery/git-host'
import type { Effect, TemplateFile } from './actions/index.ts'
import { placeText } from './creation-actions.ts'
import type { Outside } from './drivers/index.ts'
import { textOfFile } from './workspace.ts'

/** A file of an effect beside what is there now. */
export interface ComparedFile {
  /** `acme/orders`, or with the host before it. */
  repository: string
  path: string
  state: 'added' | 'altered' | 'unchanged' | 'removed'
  /** Texts; null for a binary file, and where there is none. */
  before: string | null
  after: string | null
  isBinary: boolean
}

/** Files of one repository that are compared; of more the rest is shown as added. */
const MAX_COMPARED = 500

/** Compares the files of an effect with the branch that they would land on. Of a repository that is not there every file is new. */
export async function compareFiles(outside: Pick<Outside, 'findHost'>, effect: Effect): Promise<ComparedFile[]> {
  if (effect.kind !== 'repository' && effect.kind !== 'commit' && effect.kind !== 'pull-request') return []
  const host = await outside.findHost(effect.host)
  const place: RepositoryRef = { owner: effect.owner, name: effect.name }
  const there = host && (await host.findRepository(place.owner, place.name))
  const branch = effect.kind === 'repository' ? effect.defaultBranch : effect.kind === 'commit' ? effect.branch : effect.targetBranch
  const head =
    there && ((await host.resolveRef({ ...place, ref: branch ?? there.defaultBranch })) ?? (await host.resolveRef({ ...place, ref: there.defaultBranch })))
  const repository = placeText(effect)
  const listed = head === undefined || !host ? [] : await host.listTree({ ...place, ref: head, recursive: true })
  const known = new Set(listed.filter((entry) => entry.type === 'file').map((entry) => entry.path))
  const result: ComparedFile[] = []
  for (const file of effect.files) {
    const before =
      host && head !== undefined && known.has(file.path) && result.length < MAX_COMPARED
        ? await contentOf(host, { ...place, ref: head, path: file.path })
        : undefined
    result.push(compared(repository, file, before))
  }
  const removed = 'removed' in effect ? effect.removed.filter((path) => known.has(path)) : []
  for (const path of removed) {
    const before = host && head !== undefined ? await contentOf(host, { ...place, ref: head, path }) : undefined
    const text = before && textOfFile(before)
    result.push({ repository, path, state: 'removed', before: text ?? null, after: null, isBinary: text === undefined })
  }
  return result
}

function compared(repository: string, file: TemplateFile, before: Uint8Array | undefined): ComparedFile {
  const after = textOfFile(file.content)
  const common = { repository, path: file.path, after: after ?? null, isBinary: after === undefined }
  if (!before) return { ...common, state: 'added', before: null }
  const isSame = Buffer.compare(before, file.content) === 0
  return { ...common, state: isSame ? 'unchanged' : 'altered', before: textOfFile(before) ?? null }
}

async function contentOf(host: Pick<GitHost, 'readFile'>, request: RepositoryRef & { ref: string; path: string }): Promise<Uint8Array | undefined> {
  return await host.readFile(request).catch(() => undefined)
}
