/** The address behind `rel="next"` of a `Link` header (RFC 8288); undefined on the last page. */
export function nextLink(headers: Headers): string | undefined {
  for (const link of (headers.get('link') ?? '').split(/,\s*(?=<)/)) {
    const match = /^\s*<([^>]*)>(.*)$/.exec(link)
    if (match?.[1] !== undefined && /;\s*rel\s*=\s*"?(?:[^"]*\s)?next(?:\s[^"]*)?"?\s*(?:;|$)/i.test(match[2] ?? '')) return match[1]
  }
  return undefined
}
