/** Pages that keep views. */
export const VIEW_PAGES = ['catalog'] as const
export type ViewPage = (typeof VIEW_PAGES)[number]

/** Filters, order and columns of a page, kept under a name. */
export interface View {
  id: string
  page: ViewPage
  name: string
  /** The page's address after the question mark, e.g. `kind=component&owner=me`. Holds no value of its reader: `me` is whoever looks. */
  search: string
  /** Ids of the columns that are shown; empty for the page's own choice. */
  columns: string[]
  /** Seen by everybody; else by its owner alone. */
  isShared: boolean
  /** Entity ref of who keeps it, e.g. `user:default/ana`. */
  owner: string
  createdAt: Date
  updatedAt: Date
}

/** What its owner may choose. */
export type ViewContent = Pick<View, 'name' | 'search' | 'columns' | 'isShared'>

/** Views of one owner on one page: more is no list of tabs. */
export const MAX_VIEWS = 50

/** True when `principal` may see the view: it is shared, or their own. */
export function isVisibleTo(view: Pick<View, 'isShared' | 'owner'>, principal: string): boolean {
  return view.isShared || view.owner === principal
}
