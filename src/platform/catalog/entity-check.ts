import { z } from 'zod'
import { pathText, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'
import type { Entity } from './entity.ts'
import { KNOWN_KINDS_TEXT, specRulesOf } from './entity-kinds.ts'
import { formatEntityRef } from './entity-ref.ts'

const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/
const DNS_LABEL = /^[a-z0-9]+(?:-+[a-z0-9]+)*$/
const TAG = /^[a-z0-9:+#]+(?:-[a-z0-9:+#]+)*$/

const isName = (value: string): boolean => value.length <= 63 && NAME.test(value)
const isDnsName = (value: string): boolean => value.length <= 253 && value.split('.').every((label) => label.length <= 63 && DNS_LABEL.test(label))
/** `[prefix/]name`, as Kubernetes has it for labels and annotations. */
const isKey = (value: string): boolean => {
  const parts = value.split('/')
  return parts.length === 1 ? isName(value) : parts.length === 2 && isDnsName(parts[0] ?? '') && isName(parts[1] ?? '')
}
/** Links are shown to people as links: addresses with a scheme, and (stricter than Backstage) only those that a browser opens without running anything. */
const isLink = (value: string): boolean => URL.canParse(value) && !/^\s*(?:javascript|data|vbscript):/i.test(value)

const text = z.string({ error: 'give a text here' }).min(1, 'must not be empty')
/** As a text that people read: more than spaces. */
const shown = text.refine((value) => value.trim() !== '', 'must not be empty')
const name = text.refine(isName, 'use letters and digits, with - _ . between them, 63 characters at most')
const namespace = text.refine((value) => value.length <= 63 && DNS_LABEL.test(value), 'use a-z and 0-9, with - between them, 63 characters at most')
const keyed = (value: z.ZodType<string>): z.ZodType =>
  z.record(z.string().refine(isKey, 'a key is [domain/]name: letters and digits, with - _ . between them'), value)

const metadata = z.looseObject(
  {
    name,
    namespace: namespace.optional(),
    title: text.optional(),
    description: z.string({ error: 'give a text here' }).optional(),
    labels: keyed(
      z.string({ error: 'give a text here' }).refine((value) => value === '' || isName(value), 'use letters and digits, with - _ . between them, 63 at most'),
    ).optional(),
    annotations: keyed(z.string({ error: 'give a text here; put numbers and true or false in quotes' })).optional(),
    tags: z
      .array(
        text.refine((value) => value.length <= 63 && TAG.test(value), 'a tag is a-z 0-9 : + #, with - between them, 63 characters at most'),
        { error: 'give a list of tags' },
      )
      .optional(),
    links: z
      .array(
        z.looseObject({
          url: text.refine(isLink, 'links start with https:, http: or mailto:'),
          title: shown.optional(),
          icon: shown.optional(),
          type: text.optional(),
        }),
        { error: 'give a list of links' },
      )
      .optional(),
    // Made by the catalog: they may be in a file, and are dropped.
    uid: text.optional(),
    etag: text.optional(),
  },
  { error: 'give an object with at least a name' },
)
const openSloMetadata = z.looseObject({ name, displayName: z.string().optional() }, { error: 'give an object with at least a name' })
const head = z.looseObject({ apiVersion: text, kind: text }, { error: 'a descriptor is an object with apiVersion, kind and metadata' })
/** An entity, or the reasons why the document is none; `ref` when at least that could be read. */
export type EntityVerdict = { entity: Entity; ref: string; problems: [] } | { entity?: undefined; ref?: string; problems: FieldProblem[] }

/**
 * Decides whether a document is a good entity by Backstage's rules for the envelope and for its kind. Pure.
 * A uid or etag is dropped, since the catalog makes its own; relations and status are refused, as by Backstage.
 */
export function checkEntity(document: SourceDocument): EntityVerdict {
  const start = head.safeParse(document.value)
  if (!start.success) return { problems: problemsOf(document, start.error) }
  const { apiVersion, kind } = start.data
  const rules = specRulesOf(apiVersion, kind)
  const ref = refOf(document.value)
  if (!rules) {
    const message = `there is no kind "${kind}" in ${apiVersion}; known are ${KNOWN_KINDS_TEXT}`
    return { ...(ref === undefined ? {} : { ref }), problems: [{ field: 'kind', message, file: document.file, ...document.locate(['kind']) }] }
  }
  const result = wholeOf(`${apiVersion} ${kind}`, rules).safeParse(document.value)
  if (!result.success) return { ...(ref === undefined ? {} : { ref }), problems: problemsOf(document, result.error) }
  const entity = clean(document.value as Entity, rules.isOpenSlo)
  return { entity, ref: formatEntityRef({ kind: entity.kind, namespace: entity.metadata.namespace ?? 'default', name: entity.metadata.name }), problems: [] }
}

/** Rules by what they are for; there are as many as kinds. */
const wholes = new Map<string, z.ZodType>()

function wholeOf(key: string, rules: { schema: z.ZodType; isOpenSlo: boolean }): z.ZodType {
  let whole = wholes.get(key)
  if (!whole) {
    whole = z.strictObject({ apiVersion: text, kind: text, metadata: rules.isOpenSlo ? openSloMetadata : metadata, spec: rules.schema })
    wholes.set(key, whole)
  }
  return whole
}

function clean(source: Entity, isOpenSlo: boolean): Entity {
  const { uid: _uid, etag: _etag, ...meta } = source.metadata
  const title = isOpenSlo ? (meta as { displayName?: string }).displayName : undefined
  return {
    apiVersion: source.apiVersion,
    kind: source.kind,
    metadata: { ...meta, namespace: meta.namespace ?? 'default', ...(title === undefined ? {} : { title }) },
    ...(source.spec === undefined ? {} : { spec: source.spec as JsonObject }),
  }
}

const named = z.object({ kind: z.string().min(1), metadata: z.object({ name: z.string().min(1), namespace: z.string().min(1).optional() }) })

function refOf(value: unknown): string | undefined {
  const loose = named.safeParse(value)
  if (!loose.success) return undefined
  const { kind, metadata } = loose.data
  return formatEntityRef({ kind, namespace: metadata.namespace ?? 'default', name: metadata.name })
}

/** Of one document; each is looked up in the text. */
const MAX_PROBLEMS = 50

function problemsOf(document: SourceDocument, error: z.ZodError): FieldProblem[] {
  return error.issues.slice(0, MAX_PROBLEMS).map((issue) => {
    const isUnknown = issue.code === 'unrecognized_keys'
    const path = isUnknown ? [...issue.path, issue.keys[0] ?? ''] : issue.path
    return { field: pathText(path), message: isUnknown ? unknownKeyText(issue.keys) : issue.message, file: document.file, ...document.locate(path) }
  })
}

function unknownKeyText(keys: readonly string[]): string {
  const made = keys.find((key) => key === 'relations' || key === 'status')
  if (made !== undefined) return `"${made}" is made by the catalog: leave it out`
  return `${keys.map((key) => `"${key}"`).join(', ')} can not stand here; a descriptor has apiVersion, kind, metadata and spec: did you mean spec.${keys[0]}?`
}
