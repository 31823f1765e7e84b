import type { Entity } from './shapes.ts'

/** What a descriptor's metadata may hold beside its name; the contract leaves these members open, so they are read with care. */
type Metadata = Record<string, unknown>

export interface WebLink {
  url: string
  title: string
}

export function tagsOf(entity: Entity): string[] {
  const { tags }: Metadata = entity.metadata
  return Array.isArray(tags) ? tags.filter((each): each is string => typeof each === 'string') : []
}

export function labelsOf(entity: Entity): Record<string, string> {
  return textsIn((entity.metadata as Metadata)['labels'])
}

export function annotationsOf(entity: Entity): Record<string, string> {
  return textsIn((entity.metadata as Metadata)['annotations'])
}

/** The links that lead to a web page. */
export function linksOf(entity: Entity): WebLink[] {
  const { links }: Metadata = entity.metadata
  return (Array.isArray(links) ? links : []).flatMap((link: unknown) => {
    const { url, title } = textsIn(link)
    return url !== undefined && /^https?:\/\//.test(url) ? [{ url, title: title ?? url }] : []
  })
}

function textsIn(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
