/** What we take from a line of `plan -json` or `apply -json`; everything else is passed over, as newer versions add families. */
export type StreamEvent =
  | { kind: 'started' | 'finished' | 'failed'; address: string; action: string }
  | { kind: 'error'; summary: string; place: string | undefined }

interface StreamLine {
  type?: string
  hook?: { resource?: { addr?: string }; action?: string }
  diagnostic?: { severity?: string; summary?: string; address?: string; range?: { filename?: string; start?: { line?: number } } }
}

const HOOKS = { apply_start: 'started', apply_complete: 'finished', apply_errored: 'failed' } as const

/**
 * Reads one line of the machine-readable UI. A diagnostic's `detail` is left out: providers put values into it.
 * Source: Terraform, "Machine-Readable UI".
 */
export function readStreamLine(text: string): StreamEvent | undefined {
  let line: StreamLine
  try {
    line = (JSON.parse(text) ?? {}) as StreamLine
  } catch {
    return undefined
  }
  const kind = HOOKS[(line.type ?? '') as keyof typeof HOOKS]
  if (kind) return { kind, address: line.hook?.resource?.addr ?? 'a resource', action: line.hook?.action ?? 'apply' }
  const { diagnostic } = line
  if (line.type !== 'diagnostic' || diagnostic?.severity !== 'error') return undefined
  const { range } = diagnostic
  const place = diagnostic.address ?? (range?.filename === undefined ? undefined : `${range.filename}:${range.start?.line ?? 1}`)
  return { kind: 'error', summary: (diagnostic.summary ?? 'an error without words').split('\n')[0] ?? '', place }
}

/** `Missing required argument (main.tf:3)`. */
export function errorText(errors: readonly Extract<StreamEvent, { kind: 'error' }>[]): string {
  return errors.map(({ summary, place }) => (place === undefined ? summary : `${summary} (${place})`)).join('; ')
}
