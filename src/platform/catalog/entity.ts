import type { JsonObject } from '#kernel/common/json'

/** A node of the graph, in Backstage's envelope. `relations` and `status` are made by the catalog, never read from a file. */
export interface Entity {
  apiVersion: string
  kind: string
  metadata: EntityMeta
  spec?: JsonObject
  relations?: EntityRelation[]
  status?: { items: EntityStatusItem[] }
}

interface EntityMeta {
  name: string
  namespace?: string
  uid?: string
  etag?: string
  title?: string
  description?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  tags?: string[]
  links?: { url: string; title?: string; icon?: string; type?: string }[]
}

/** One edge, e.g. `{ type: 'ownedBy', targetRef: 'group:default/payments' }`. */
export interface EntityRelation {
  type: string
  targetRef: string
}

export interface EntityStatusItem {
  type: string
  level: 'info' | 'warning' | 'error'
  message: string
  error?: { name: string; message: string }
}
