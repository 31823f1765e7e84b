import { editUrl, fileUrl } from './host-address.ts'
import type { Preview } from './location-reading.ts'
import { placeKey, type Place } from './place.ts'
import type { SourceHost } from './source-host.ts'

/** A file of a preview, with where it lies. */
export interface PreviewFile {
  place: Place
  text: string
  /** `url:https://…` or `file:/…`. */
  location: string
  viewUrl: string | undefined
  editUrl: string | undefined
}

/** The files that a first reading of a target would take, as they would be called. */
export async function previewFiles(preview: Preview, hosts: readonly SourceHost[]): Promise<PreviewFile[]> {
  const branches = new Map<string, string>()
  const files: PreviewFile[] = []
  for (const { place, text, via } of preview.files) {
    if (place.type === 'folder') {
      files.push({ place, text, location: `file:${place.path}`, viewUrl: undefined, editUrl: undefined })
      continue
    }
    if (place.type === 'http') {
      files.push({ place, text, location: `url:${place.url}`, viewUrl: place.url, editUrl: undefined })
      continue
    }
    const host = hosts.find((candidate) => candidate.name === place.host)
    if (!host) continue
    const key = `${place.host}/${place.repository}`
    const ref = place.ref ?? branches.get(key) ?? (await host.repositories?.find(place.repository))?.defaultBranch ?? 'HEAD'
    branches.set(key, ref)
    const at = { repository: place.repository, ref, path: place.path }
    const url = via === null && preview.target.kind === 'url' ? preview.target.target : fileUrl(host, at)
    files.push({ place, text, location: `url:${url}`, viewUrl: url, editUrl: editUrl(host, at) })
  }
  return files
}

/** A place in messages: the path within its repository, or the address. */
export function placeText(place: Place): string {
  return place.type === 'repository' ? place.path : placeKey(place)
}
