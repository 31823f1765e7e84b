import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'

const METHODS = ['get', 'put', 'post', 'delete', 'patch']
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/

/**
 * Reads an OpenAPI 3.1 document and compiles everything in it that is a schema, so that a wrong contract stops the start.
 * What a request or an answer has to be is said nowhere else.
 */
export function readContract(text) {
  const document = parse(text)
  const ajv = new Ajv2020({ allErrors: true, strict: false, coerceTypes: false })
  // Path and query are texts; what they stand for is what is checked.
  const ajvOfTexts = new Ajv2020({ allErrors: true, strict: false, coerceTypes: true, useDefaults: true })
  for (const each of [ajv, ajvOfTexts]) each.addSchema(document, 'contract')
  const compile = (pointer, using = ajv) => using.compile({ $ref: `contract#${pointer.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}` })

  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => operationOf({ document, path, method, compile, ajvOfTexts })),
  )
  return {
    document,
    operations,
    /** The operation of a request, or the methods that its path has instead. */
    match(method, path) {
      const here = operations.flatMap((operation) => {
        const params = paramsOf(operation.path, path)
        return params ? [{ operation, params }] : []
      })
      return here.find(({ operation }) => operation.method === method) ?? { allowed: here.map(({ operation }) => operation.method) }
    },
  }
}

function operationOf({ document, path, method, compile, ajvOfTexts }) {
  const at = ['paths', path, method]
  const operation = document.paths[path][method]
  const body = mediaOf(operation.requestBody?.content)
  const checkBody = body && compile([...at, 'requestBody', 'content', body, 'schema'])
  const parameters = (operation.parameters ?? []).map((parameter, index) => {
    const { value, pointer } = followed(document, parameter, [...at, 'parameters', String(index)])
    return { ...value, pointer: [...pointer, 'schema'] }
  })
  const checkParameters = Object.fromEntries(['path', 'query'].map((place) => [place, checkOf(parameters.filter((parameter) => parameter.in === place), ajvOfTexts)]))
  const answers = Object.fromEntries(
    Object.entries(operation.responses).map(([status, response]) => {
      const { value, pointer } = followed(document, response, [...at, 'responses', status])
      const type = mediaOf(value.content)
      return [status, { type, check: type && compile([...pointer, 'content', type, 'schema']) }]
    }),
  )
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    statuses: Object.keys(answers),
    /** What is wrong with a request, field by field; and its parameters as what they stand for. */
    checkRequest({ params, query, body: given }) {
      const values = { path: { ...params }, query: { ...query } }
      const errors = Object.entries(checkParameters).flatMap(([place, check]) => problemsOf(check, values[place], place))
      if (checkBody && (given !== undefined || operation.requestBody.required)) errors.push(...(given === undefined ? [{ field: 'body', message: 'is needed' }] : problemsOf(checkBody, given, 'body')))
      return { errors, ...values }
    },
    /** What is wrong with an answer; none when the contract promises it so. */
    checkAnswer({ status, body: said }) {
      const promised = answers[status] ?? answers.default
      if (!promised) return [{ field: 'status', message: `${status} is not promised` }]
      return promised.check ? problemsOf(promised.check, said, 'body') : []
    },
    typeOf: (status) => (answers[status] ?? answers.default)?.type ?? 'application/json',
  }
}

function checkOf(parameters, ajv) {
  const reference = (parameter) => ({ $ref: `contract#${parameter.pointer.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}` })
  // A default behind a reference is not filled in by itself.
  const schemaOf = (parameter) => (parameter.schema.default === undefined ? reference(parameter) : { ...parameter.schema })
  return ajv.compile({
    type: 'object',
    additionalProperties: false,
    required: parameters.filter((parameter) => parameter.required).map((parameter) => parameter.name),
    properties: Object.fromEntries(parameters.map((parameter) => [parameter.name, schemaOf(parameter)])),
  })
}

/** Follows a reference within the document. */
function followed(document, value, pointer) {
  if (!value.$ref) return { value, pointer }
  const target = value.$ref.slice(2).split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return followed(document, target.reduce((node, part) => node[part], document), target)
}

function mediaOf(content) {
  return Object.keys(content ?? {}).find((type) => JSON_TYPE.test(type))
}

function paramsOf(template, path) {
  const [wanted, given] = [template.split('/'), path.split('/')]
  if (wanted.length !== given.length) return undefined
  const params = {}
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith('{')) params[part.slice(1, -1)] = given[index]
    else if (part !== given[index]) return undefined
  }
  return params
}

function problemsOf(check, value, place) {
  if (check(value)) return []
  return check.errors.map(({ instancePath, message, keyword, params }) => {
    const extra = keyword === 'required' ? `/${params.missingProperty}` : keyword === 'additionalProperties' ? `/${params.additionalProperty}` : ''
    const field = `${place}${instancePath}${extra}`.replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.')
    return { field, message: keyword === 'required' ? 'is needed' : keyword === 'additionalProperties' ? 'is not known' : keyword === 'enum' ? `must be one of ${params.allowedValues.join(', ')}` : message }
  })
}
