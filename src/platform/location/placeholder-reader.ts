import { isFault } from '#kernel/common/fault'
import type { PlaceholderReader } from '#platform/catalog'
import type { ActiveFile, ActiveFiles } from './active-files.ts'
import { bundle } from './bundle-references.ts'
import { isGlob } from './glob.ts'
import { locationFaults } from './location-faults.ts'
import { parseTarget } from './location-target.ts'
import { placeKey, type Place } from './place.ts'
import { resolveTarget } from './resolve-target.ts'
import type { SourceHost } from './source-host.ts'
import type { SourceReader } from './source-reader.ts'

/** Keys whose text is put together from several files, by `$ref`. */
const BUNDLED = new Set(['$openapi', '$asyncapi'])
const KNOWN = new Set(['$text', '$json', '$yaml', '$graphql', '$openapi', '$asyncapi'])

/** What the reader works with. `readerOf` makes a reader for a file that is on its way into the catalog for another reason than a reading of ours. */
export interface PlaceholderDeps {
  active: ActiveFiles
  hosts: () => Promise<readonly SourceHost[]>
  readerOf: (hosts: readonly SourceHost[]) => SourceReader
}

/**
 * Reads what placeholders stand for: relative to their file (same repository and commit, same folder, same site), or whole addresses by the egress rules.
 * `$text`, `$json`, `$yaml` and `$graphql` are the file's text; `$openapi` and `$asyncapi` have the files that they refer to by `$ref` put in.
 */
export function createPlaceholderReader(deps: PlaceholderDeps): PlaceholderReader {
  return {
    read: async ({ key, target, file, source }) => {
      if (!KNOWN.has(key)) throw locationFaults.refused({ target: key, what: `placeholders are ${[...KNOWN].join(', ')}` })
      const hosts = await deps.hosts()
      const from = deps.active.find(source, file.path) ?? (await fileAt(file.location, hosts, deps))
      const read = async (base: Place, named: string): Promise<{ place: Place; text: string }> => await readBeside(from, base, named, hosts)
      const first = await read(from.place, target)
      return BUNDLED.has(key) ? await bundle(first, { read, keyOf: placeKey }) : first.text
    },
  }
}

async function readBeside(from: ActiveFile, base: Place, target: string, hosts: readonly SourceHost[]): Promise<{ place: Place; text: string }> {
  const address = resolveTarget(base, target, hosts)
  if ('problem' in address) throw locationFaults.refused({ target, what: address.problem })
  if (address.type === 'folder' && isGlob(address.path)) throw locationFaults.refused({ target, what: 'a placeholder stands for one file' })
  const place = await from.reader.settle(address)
  const [found] = await from.reader.read([{ place, version: null }])
  const isRead = found?.is === 'text'
  // Also what could not be read is remembered, so that the descriptor is read again once it can.
  if (from.includes.length < 500) from.includes.push({ place, version: isRead ? found.version : null })
  if (isRead) return { place, text: found.text }
  throw locationFaults.unreadable({ target, what: found && 'message' in found ? found.message : 'it was not read' })
}

/** A file by its `managed-by-location`, e.g. when it takes over a name that another gave up. */
async function fileAt(location: string, hosts: readonly SourceHost[], deps: PlaceholderDeps): Promise<ActiveFile> {
  const parsed = parseTarget(location, hosts)
  if ('problem' in parsed || parsed.kind === 'git' || parsed.kind === 'organisation')
    throw locationFaults.refused({ target: location, what: 'what lies beside it is not known' })
  const reader = deps.readerOf(hosts)
  try {
    const place: Place = parsed.kind === 'file' ? { type: 'folder', path: parsed.path } : await reader.settle(parsed.address)
    return { place, reader, includes: [] }
  } catch (error) {
    if (!isFault(error)) throw error
    throw locationFaults.unreadable({ target: location, what: error.message })
  }
}
