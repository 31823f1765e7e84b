import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/**
 * Reads a stream line by line, without line ends (`\n`, `\r\n`); a last line without an end counts.
 * A line longer than `maxLineBytes` characters comes in pieces, so that memory stays bounded. Default 64 KiB.
 */
export async function* linesOf(stream: Readable, maxLineBytes: number = 64 * 1024): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of stream) {
    rest += decoder.write(chunk as Buffer)
    let from = 0
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n', from)) {
      yield* piecesOf(rest.slice(from, rest[end - 1] === '\r' && end > from ? end - 1 : end), maxLineBytes)
      from = end + 1
    }
    rest = rest.slice(from)
    while (rest.length > maxLineBytes) {
      yield rest.slice(0, maxLineBytes)
      rest = rest.slice(maxLineBytes)
    }
  }
  rest += decoder.end()
  if (rest !== '') yield rest
}

function* piecesOf(line: string, maxLength: number): Generator<string> {
  if (line === '') yield ''
  for (let from = 0; from < line.length; from += maxLength) yield line.slice(from, from + maxLength)
}
