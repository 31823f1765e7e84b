export type ApiFormat = 'openapi' | 'asyncapi' | 'graphql' | 'protobuf' | 'mcp' | 'text'

const byType: Record<string, ApiFormat> = {
  openapi: 'openapi',
  swagger: 'openapi',
  asyncapi: 'asyncapi',
  graphql: 'graphql',
  grpc: 'protobuf',
  proto: 'protobuf',
  protobuf: 'protobuf',
  'mcp-server': 'mcp',
}

/** What a definition is written in: by the API's type, else by what it begins with. */
export function apiFormat(type: string, definition: string): ApiFormat {
  const known = byType[type.toLowerCase()]
  if (known !== undefined) return known
  const head = definition.slice(0, 20_000)
  if (/^\s*["']?(?:openapi|swagger)["']?\s*:/m.test(head) || /^\s*\{\s*"(?:openapi|swagger)"/.test(head)) return 'openapi'
  if (/^\s*["']?asyncapi["']?\s*:/m.test(head)) return 'asyncapi'
  if (/^\s*syntax\s*=\s*["']proto[23]["']/m.test(head) || /^\s*(?:service|message)\s+\w+\s*\{/m.test(head)) return 'protobuf'
  if (/^\s*(?:schema|type|input|interface|enum|union|scalar)\s+\w*\s*[^\n]*[{=]/m.test(head)) return 'graphql'
  return 'text'
}
