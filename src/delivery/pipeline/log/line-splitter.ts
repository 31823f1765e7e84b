import { StringDecoder } from 'node:string_decoder'
import type { SecretMask } from './secret-mask.ts'

/** Longer lines come in pieces, so that memory stays bounded. */
const MAX_LINE_LENGTH = 32 * 1024

/**
 * Cuts a stream of bytes into masked lines without their ends. A secret is hidden wherever the stream is cut: lines are masked whole,
 * and a line that is too long is cut only where no secret can be.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8')
  readonly #mask: SecretMask
  readonly #emit: (line: string) => void
  readonly #maxLength: number
  #rest = ''

  constructor(mask: SecretMask, emit: (line: string) => void, maxLength: number = MAX_LINE_LENGTH) {
    this.#mask = mask
    this.#emit = emit
    this.#maxLength = maxLength
  }

  push(chunk: Buffer): void {
    this.#rest += this.#decoder.write(chunk)
    let from = 0
    for (let end = this.#rest.indexOf('\n'); end !== -1; end = this.#rest.indexOf('\n', from)) {
      this.#line(this.#rest.slice(from, end))
      from = end + 1
    }
    if (from > 0) this.#rest = this.#rest.slice(from)
    this.#shorten()
  }

  /** The stream is over: a last line without an end counts. */
  end(): void {
    const rest = this.#rest + this.#decoder.end()
    this.#rest = ''
    if (rest !== '') this.#line(rest)
  }

  #line(line: string): void {
    this.#emit(this.#mask.apply(line.endsWith('\r') ? line.slice(0, -1) : line))
  }

  #shorten(): void {
    while (this.#rest.length > this.#maxLength + this.#mask.longest) {
      const cut = this.#mask.cutBefore(this.#rest, this.#maxLength)
      this.#emit(this.#mask.apply(this.#rest.slice(0, cut)))
      this.#rest = this.#rest.slice(cut)
    }
  }
}
