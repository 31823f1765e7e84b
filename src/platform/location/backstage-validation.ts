import type * as Model from '@backstage/catalog-model'
import { z } from 'zod'
import { parseSource } from '#kernel/common/document'
import { checkEntity } from '#platform/catalog'

/** An error as Backstage writes it on the wire. */
export interface BackstageError {
  name: string
  message: string
  cause?: BackstageError
}

type Check = (entity: unknown) => Promise<BackstageError[]>

const body = z.object({ entity: z.unknown(), location: z.string() })

/**
 * What Backstage would find wrong in the request to validate an entity, in its own words, and after that what the catalog of ours finds. Nothing: it is good.
 * The words come from `@backstage/catalog-model`, the model that its backend checks by (`ProcessingOrchestrator`); it is loaded at the first call.
 */
export async function backstageErrors(request: unknown): Promise<BackstageError[]> {
  const parsed = body.safeParse(request)
  if (!parsed.success) return [{ name: 'InputError', message: `Malformed request: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}` }]
  const { entity, location } = parsed.data
  for (const check of [checkEnvelope, checkLocation(location), checkPolicies, checkKind, checkOwn]) {
    const errors = await check(entity)
    if (errors.length > 0) return errors
  }
  return []
}

function checkLocation(location: string): Check {
  return async () =>
    await errorsOf(async () => {
      const { parseLocationRef } = await import('@backstage/catalog-model')
      if (parseLocationRef(location).type !== 'url')
        throw new TypeError(`Invalid location ref ${location}, only 'url:<target>' is supported, e.g. url:https://host/path`)
    })
}

const checkEnvelope: Check = async (entity) => {
  const { entityEnvelopeSchemaValidator } = await import('@backstage/catalog-model')
  return await errorsOf(async () => entityEnvelopeSchemaValidator()(entity))
}

const checkPolicies: Check = async (entity) => {
  const model = await import('@backstage/catalog-model')
  const policy = model.EntityPolicies.allOf([
    new model.SchemaValidEntityPolicy(),
    new model.DefaultNamespaceEntityPolicy(),
    new model.NoForeignRootFieldsEntityPolicy(),
    new model.FieldFormatEntityPolicy(),
  ])
  return (await errorsOf(async () => await policy.enforce(entity as never))).map((cause) =>
    inputError(`Policy check failed for ${refOf(model, entity)}`, cause),
  )
}

const checkKind: Check = async (entity) => {
  const model = await import('@backstage/catalog-model')
  const validators = [
    model.apiEntityV1alpha1Validator,
    model.componentEntityV1alpha1Validator,
    model.resourceEntityV1alpha1Validator,
    model.groupEntityV1alpha1Validator,
    model.locationEntityV1alpha1Validator,
    model.userEntityV1alpha1Validator,
    model.systemEntityV1alpha1Validator,
    model.domainEntityV1alpha1Validator,
  ]
  const ref = refOf(model, entity)
  // Its module for MCP servers has other rules; ours have them, too.
  if (isMcpServer(entity)) return []
  for (const validator of validators) {
    const [cause] = await errorsOf(async () => await validator.check(entity as never))
    if (cause) return [inputError(`Processor BuiltinKindsEntityProcessor threw an error while validating the entity ${ref}`, cause)]
  }
  return []
}

const checkOwn: Check = async (entity) => {
  const [document] = parseSource('entity', JSON.stringify(entity)).documents
  const problems = document ? checkEntity(document).problems : [{ field: '', message: 'it is no object' }]
  if (problems.some(({ field }) => field === 'kind'))
    return [
      inputError(`No processor recognized the entity ${await refText(entity)} as valid, possibly caused by a foreign kind or apiVersion`, {
        name: 'InputError',
        message: problems[0]?.message ?? '',
      }),
    ]
  return problems.map(({ field, message }) => ({ name: 'InputError', message: field === '' ? message : `${field}: ${message}` }))
}

async function refText(entity: unknown): Promise<string> {
  return refOf(await import('@backstage/catalog-model'), entity)
}

function isMcpServer(entity: unknown): boolean {
  const { kind, spec } = entity as Partial<Model.Entity>
  return kind === 'API' && spec?.['type'] === 'mcp-server'
}

function refOf(model: typeof Model, entity: unknown): string {
  return model.stringifyEntityRef(entity as Model.Entity)
}

function inputError(message: string, cause: BackstageError): BackstageError {
  return { name: 'InputError', message: `${message}; caused by ${cause.name}: ${cause.message}`, cause }
}

async function errorsOf(work: () => Promise<unknown>): Promise<BackstageError[]> {
  try {
    await work()
    return []
  } catch (error) {
    return [error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) }]
  }
}
