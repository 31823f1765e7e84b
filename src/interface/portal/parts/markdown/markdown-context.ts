import type { Token } from 'marked'
import { createContext } from 'react'

/** Where the paths in a text lead, seen from it. Null: nowhere, then only the words are shown. */
export interface MarkdownPlaces {
  /** A page of the portal or a file to be had. */
  link(path: string, hash: string): { href: string; isPage: boolean } | null
  image(path: string): string | null
}

interface MarkdownWords {
  idOf: (token: Token) => string | undefined
  levelOf: (token: Token) => number
  idPrefix: string
  places: MarkdownPlaces | undefined
}

/** What the elements of one text share. */
export const MarkdownContext = createContext<MarkdownWords>({ idOf: () => undefined, levelOf: () => 6, idPrefix: '', places: undefined })
