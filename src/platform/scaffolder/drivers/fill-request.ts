import sodium from 'libsodium-wrappers'
import type { Json, JsonObject } from '#kernel/common/json'
import type { Secret } from '#kernel/common/secret'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { revealSecrets } from '../task-secrets.ts'

/** `{name}` in a path is an output of an earlier request. Pure. */
export function fillPath(path: string, outputs: JsonObject): string {
  return path.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(outputs, name) ? encodeURIComponent(printed(outputs[name])) : whole))
}

/** Puts in what earlier requests said (`$output`), the secrets (`$secret`), and seals what the host wants sealed (`$sealed`). Only for the request itself. */
export async function fillBody(body: JsonObject, outputs: JsonObject, secrets: Readonly<Record<string, Secret>>): Promise<Json> {
  await sodium.ready
  return sealed(revealSecrets(withOutputs(body, outputs), secrets))
}

function withOutputs(value: Json, outputs: JsonObject): Json {
  if (Array.isArray(value)) return value.map((item: Json) => withOutputs(item, outputs))
  if (typeof value !== 'object' || value === null) return value
  const { $output } = value as JsonObject
  if (typeof $output === 'string' && Object.keys(value).length === 1) return outputs[$output] ?? null
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withOutputs(member as Json, outputs)]))
}

function sealed(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => sealed(item))
  if (typeof value !== 'object' || value === null) return value
  const { $sealed } = value as { $sealed?: { key?: Json; text?: Json } }
  if ($sealed && Object.keys(value).length === 1) return sealFor(printed($sealed.key), printed($sealed.text))
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, sealed(member as Json)]))
}

/** libsodium's sealed box in base64, as GitHub takes secrets. @throws `platform.scaffolder.unsupported` for a key that is none. */
function sealFor(key: string, text: string): string {
  try {
    return Buffer.from(sodium.crypto_box_seal(Buffer.from(text, 'utf8'), Buffer.from(key, 'base64'))).toString('base64')
  } catch {
    throw scaffolderFaults.unsupported({ what: 'the host gave no key that secrets can be sealed with' })
  }
}

function printed(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}
