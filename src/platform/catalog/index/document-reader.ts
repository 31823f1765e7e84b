import pg from 'pg'
import type { Database } from '#kernel/node/database'
import type { Logger } from '#kernel/node/log'
import { MAX_RUNNING, RowReader } from './row-reader.ts'

/** An entity's document as it is kept. */
export interface DocumentRow {
  id: number
  body: string
  relations: string
  problems: string | null
}

/** Where an entity is from, and the Location entity that its source named as its parent. */
export interface EntityPlace {
  location: string
  origin: string
  parent: string | null
}

/** Reads what is not in memory, by the ids of entities' rows. */
export class DocumentReader {
  readonly documents: RowReader<DocumentRow>
  readonly places: RowReader<EntityPlace & { id: number }>

  constructor(db: Database) {
    this.documents = new RowReader(db, { name: 'catalog-documents', text: 'select id, body, relations, problems from entity where id = any($1::int[])' })
    this.places = new RowReader(db, {
      name: 'catalog-places',
      text: 'select e.id, f.location, f.origin, f.parent from entity e join catalog_file f on f.id = e.file_id where e.id = any($1::int[])',
    })
  }

  /** Reads by connections of its own from now on, on which its statements are prepared once. */
  connect(databaseUrl: string, log: Logger): AsyncDisposable {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: MAX_RUNNING, idleTimeoutMillis: 30_000, connectionTimeoutMillis: 10_000 })
    const warn = (error: unknown): void => log.warn('a database connection was lost', { error })
    pool.on('error', warn)
    pool.on('connect', (client) => client.on('error', warn))
    this.documents.pool = this.places.pool = pool
    return {
      [Symbol.asyncDispose]: async () => {
        this.documents.pool = this.places.pool = undefined
        await pool.end()
      },
    }
  }
}
