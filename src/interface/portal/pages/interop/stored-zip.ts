/** A file of an archive. */
export interface ZipEntry {
  path: string
  text: string
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})
/** 1980-01-01, the first day that ZIP knows: the same files give the same archive. */
const DATE = 0x21
const UTF8_NAMES = 0x800

/** A ZIP archive without compression (PKWARE APPNOTE 4.3), for texts of at most 4 GB in all. */
export function storedZip(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  const bodies: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const { path, text } of entries) {
    const name = encoder.encode(path)
    const data = encoder.encode(text)
    const shared = [20, UTF8_NAMES, 0, 0, DATE] // version, flags, method, time, date
    const sums = [crc32(data), data.length, data.length]
    const local = record([0x04034b50], shared, sums, [name.length, 0])
    bodies.push(local, name, data)
    directory.push(record([0x02014b50], [20, ...shared], sums, [name.length, 0, 0, 0, 0], [0, offset]), name)
    offset += local.length + name.length + data.length
  }
  const directoryLength = directory.reduce((sum, part) => sum + part.length, 0)
  const end = record([0x06054b50], [0, 0, entries.length, entries.length], [directoryLength, offset], [0])
  return joined([...bodies, ...directory, end])
}

/** Numbers in little-endian order: groups of long words (4 bytes) and of words (2 bytes) take turns, long words first. */
function record(...groups: number[][]): Uint8Array {
  return Uint8Array.from(groups.flatMap((group, at) => group.flatMap((value) => bytesOf(value, at % 2 === 0 ? 4 : 2))))
}

function bytesOf(value: number, size: 2 | 4): number[] {
  return Array.from({ length: size }, (_, at) => (value >>> (8 * at)) & 0xff)
}

function crc32(data: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of data) value = (CRC_TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8)
  return (value ^ 0xffffffff) >>> 0
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
