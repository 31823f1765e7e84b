import { gitHostFaults } from './git-host-faults.ts'
import type { RefUpdate } from './ref-changes.ts'

/** Most bytes of ref commands that one push may have: some ten thousand refs. */
const MAX_COMMAND_BYTES = 1024 * 1024
const FLUSH = 0

/**
 * Reads the ref commands at the start of a `git-receive-pack` request (gitprotocol-pack(5), "Reference Update Request and Packfile Transfer").
 * @returns the commands, how far they reach, or `more` when the flush packet is not there yet.
 * @throws `delivery.git_host.bad_request`.
 */
function parsePushCommands(head: Buffer): { updates: RefUpdate[] } | 'more' {
  const updates: RefUpdate[] = []
  for (let offset = 0; ;) {
    if (offset + 4 > head.length) return unfinished(head)
    const digits = head.toString('latin1', offset, offset + 4)
    const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : -1
    if (length === FLUSH) return { updates }
    if (length < 5) throw gitHostFaults.bad_request({ what: 'its first packets are broken' })
    if (offset + length > head.length) return unfinished(head)
    const update = commandOf(head.toString('utf8', offset + 4, offset + length))
    if (update) updates.push(update)
    offset += length
  }
}

function unfinished(head: Buffer): 'more' {
  if (head.length > MAX_COMMAND_BYTES) throw gitHostFaults.bad_request({ what: 'it has too many refs: push fewer at once' })
  return 'more'
}

/** `<old> <new> <ref>`, with capabilities behind a NUL in the first; other lines (`shallow …`) are git's own business. */
function commandOf(line: string): RefUpdate | undefined {
  const match = /^([0-9a-f]{40}) ([0-9a-f]{40}) ([^\0\n]+)/.exec(line)
  return match ? { before: match[1] ?? '', after: match[2] ?? '', ref: match[3] ?? '' } : undefined
}

/** Reads a push up to the end of its commands. @returns them, and the whole body again, nothing lost. */
export async function splitPushCommands(body: AsyncIterable<Uint8Array>): Promise<{ updates: RefUpdate[]; body: AsyncIterable<Uint8Array> }> {
  const source = body[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  for (;;) {
    const parsed = parsePushCommands(head)
    if (parsed !== 'more') return { updates: parsed.updates, body: rejoined(head, source) }
    const next = await source.next()
    // Not even the flush packet: git itself says what is wrong with that.
    if (next.done) return { updates: [], body: rejoined(head, source) }
    head = Buffer.concat([head, next.value])
  }
}

async function* rejoined(head: Buffer, source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value
  } finally {
    await source.return?.()
  }
}
