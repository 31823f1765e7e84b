/** A request, to be written for a shell. */
export interface CurlRequest {
  method: string
  url: string
  headers: readonly (readonly [string, string])[]
  body?: string | undefined
}

/** The command for curl, quoted so that nothing in it is taken for more than text. `"$TOKEN"` alone is left to the shell. */
export function curlCommand({ method, url, headers, body }: CurlRequest): string {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(url)}`]
  for (const [name, value] of headers) lines.push(`-H ${value.includes('$TOKEN') ? withToken(`${name}: ${value}`) : quoted(`${name}: ${value}`)}`)
  if (body !== undefined) lines.push(`-d ${quoted(body)}`)
  return lines.join(' \\\n  ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** In double quotes, with everything escaped that the shell would take for more than text, but for the token. */
function withToken(text: string): string {
  const parts = text.split('$TOKEN').map((part) => part.replaceAll(/["\\`$]/g, String.raw`\$&`))
  return `"${parts.join('$TOKEN')}"`
}
