import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { chmod, link, open, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { keyIdOf, openEnvelope, rewrapEnvelope, sealEnvelope, type MasterKey } from './envelope.ts'
import { secretFaults } from './secret-faults.ts'

/** Seals bytes for a context. The state backend and plan files use it too. */
interface Sealing {
  /** @param context says what it is for, e.g. `state/orders/4`; needed to open it again. */
  seal(value: Uint8Array, context: string): Uint8Array
  /** @throws `platform.secret.damaged`, `platform.secret.unknown_key`. */
  open(sealed: Uint8Array, context: string): Uint8Array
}

/**
 * The master keys: one in use, older ones for what they sealed. Kept in a file (mode 0600), a key a line as base64url, the last in use.
 * Whoever has this file and the database has every secret; back them up apart.
 */
export class Keyring implements Sealing {
  readonly #file: string
  #keys: MasterKey[]

  private constructor(file: string, keys: MasterKey[]) {
    this.#file = file
    this.#keys = keys
  }

  /** Opens the file, or makes it with a new key. Two processes that make it at once end with the same key. @throws `platform.secret.bad_key_file`. */
  static async open(file: string): Promise<Keyring> {
    const found = await readKeys(file)
    if (found) {
      await chmod(file, 0o600)
      return new Keyring(file, found)
    }
    const staged = await writeStaged(file, [makeKey()])
    try {
      await link(staged, file)
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error
    } finally {
      await rm(staged, { force: true })
    }
    return new Keyring(file, (await readKeys(file)) ?? [])
  }

  get currentId(): string {
    return this.#current.id
  }

  seal(value: Uint8Array, context: string): Uint8Array {
    return sealEnvelope(this.#current, value, context)
  }

  open(sealed: Uint8Array, context: string): Uint8Array {
    return openEnvelope(this.#keyFor(sealed, context), sealed, context)
  }

  /** What `sealed` is under the key in use; the same when it is already. */
  rewrap(sealed: Uint8Array, context: string): Uint8Array {
    const key = this.#keyFor(sealed, context)
    return key.id === this.currentId ? sealed : rewrapEnvelope(key, this.#current, sealed, context)
  }

  /** Puts a new key in use, durably before anything is sealed with it. The old ones stay. @returns the new key's id. */
  async rotate(): Promise<string> {
    const keys = [...this.#keys, makeKey()]
    await rename(await writeStaged(this.#file, keys), this.#file)
    this.#keys = keys
    return this.currentId
  }

  get #current(): MasterKey {
    return this.#keys.at(-1) as MasterKey
  }

  /** Another process may have rotated. */
  #reload(): readonly MasterKey[] {
    const keys = parseKeys(this.#file, readFileSync(this.#file, 'utf8'))
    this.#keys = keys
    return keys
  }

  #keyFor(sealed: Uint8Array, context: string): MasterKey {
    const keyId = keyIdOf(sealed)
    if (keyId === undefined) throw secretFaults.damaged({ what: context })
    const key = this.#keys.find((candidate) => candidate.id === keyId) ?? this.#reload().find((candidate) => candidate.id === keyId)
    if (!key) throw secretFaults.unknown_key({ keyId, file: this.#file })
    return key
  }
}

function makeKey(): MasterKey {
  return keyOf(randomBytes(32))
}

function keyOf(bytes: Buffer): MasterKey {
  return { id: createHash('sha256').update('fairway master key\n').update(bytes).digest('hex').slice(0, 16), bytes }
}

function parseKeys(file: string, text: string): MasterKey[] {
  const keys = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => keyOf(Buffer.from(line.trim(), 'base64url')))
  if (keys.length === 0 || keys.some((key) => key.bytes.length !== 32)) throw secretFaults.bad_key_file({ file })
  return keys
}

async function readKeys(file: string): Promise<MasterKey[] | undefined> {
  const text = await readFile(file, 'utf8').catch((error: { code?: string }) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : parseKeys(file, text)
}

async function writeStaged(file: string, keys: readonly MasterKey[]): Promise<string> {
  const staged = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}`)
  const handle = await open(staged, 'wx', 0o600)
  try {
    await handle.writeFile(keys.map((key) => `${key.bytes.toString('base64url')}\n`).join(''))
    await handle.sync()
  } finally {
    await handle.close()
  }
  return staged
}
