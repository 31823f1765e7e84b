import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { problemText } from '#kernel/common/document'
import { cpuMillicoresOf, memoryBytesOf, parsePlaceholders, parseScore, scoreSchema } from './index.ts'

const folder = path.join(import.meta.dirname, 'fixtures')
const fixtures = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
const text = (name: string): string => readFileSync(path.join(folder, name), 'utf8')

it('finds the fixtures', () => expect(fixtures.length).toBeGreaterThanOrEqual(13))

describe('Score files that others wrote', () => {
  it.each(fixtures)('%s is read', (name) => {
    expect(parseScore(name, text(name)).problems).toEqual([])
  })
})

describe('our schema and the one of the specification', () => {
  // One thing more is asked for here: an item of the deprecated list form without a target leads nowhere.
  const schema = text('score-v1b1.json').replaceAll(
    /"items": (\{\s*"\$ref": "#\/\$defs\/container(?:File|Volume)"\s*\})/g,
    '"items": { "allOf": [$1, { "required": ["target"] }] }',
  )
  const official = new Ajv2020({ strict: false }).compile(JSON.parse(schema) as object)
  const documents = fixtures.map((name) => parse(text(name)) as unknown)

  /** Every path into a document. */
  const pathsOf = (value: unknown, at: (string | number)[] = []): (string | number)[][] =>
    value === null || typeof value !== 'object'
      ? [at]
      : [at, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...at, Array.isArray(value) ? Number(key) : key]))]
  const changed = (value: unknown, at: readonly (string | number)[], change: (old: unknown) => unknown): unknown => {
    const [first, ...rest] = at
    if (first === undefined) return change(value)
    if (Array.isArray(value)) return value.map((member: unknown, index) => (index === first ? changed(member, rest, change) : member))
    return Object.fromEntries(
      Object.entries(value as object).flatMap(([key, member]) => {
        if (key !== first) return [[key, member]]
        const next = changed(member, rest, change)
        return next === undefined ? [] : [[key, next]]
      }),
    )
  }
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      undefined,
      0,
      1,
      65_536,
      1.5,
      true,
      '',
      'a',
      'ab',
      'A_b',
      '-ab',
      '100m',
      '1.5Gi',
      '0600',
      'HTTP',
      'score.dev/v1b1',
      [],
      ['x'],
      {},
      { port: 80 },
      { source: 'x' },
    ),
    fc.string({ maxLength: 70 }),
  )

  it('agree on 20 000 damaged documents', { timeout: 60_000 }, () => {
    let refused = 0
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.nat(), value, fc.option(fc.string({ minLength: 1, maxLength: 5 })), (document, pick, put, extra) => {
        const paths = pathsOf(document)
        const at = paths[pick % paths.length] ?? []
        const damaged = changed(document, at, (old) =>
          extra !== null && old !== null && typeof old === 'object' && !Array.isArray(old) ? { ...old, [extra]: put ?? 'x' } : put,
        )
        if (damaged === undefined) return
        const isValid = official(JSON.parse(JSON.stringify(damaged)))
        if (!isValid) refused++
        const ours = scoreSchema.safeParse(JSON.parse(JSON.stringify(damaged))).success
        expect({ isValid: ours, damaged }).toEqual({ isValid, damaged })
      }),
      { numRuns: 20_000 },
    )
    expect(refused).toBeGreaterThan(1_000)
  })
})

describe('parseScore', () => {
  const head = 'apiVersion: score.dev/v1b1\nmetadata: { name: orders }\n'
  it.each([
    {
      why: 'an unknown field',
      source: `${head}containers:\n  main:\n    image: .\n    imagePullPolicy: Always\n`,
      problem: 'score.yaml:6:5: containers.main.imagePullPolicy: there is no such field here',
    },
    {
      why: 'a number as a variable',
      source: `${head}containers:\n  main:\n    image: .\n    variables:\n      PORT: 8080\n`,
      problem: 'score.yaml:7:7: containers.main.variables.PORT: a variable is a text',
    },
    { why: 'a missing image', source: `${head}containers:\n  main: {}\n`, problem: 'score.yaml:4:3: containers.main.image: give an image' },
    {
      why: 'a wrong version',
      source: 'apiVersion: score.dev/v1\nmetadata: { name: orders }\ncontainers: { main: { image: . } }\n',
      problem: 'score.yaml:1:1: apiVersion: must be score.dev/v1b1',
    },
    { why: 'no containers', source: `${head}containers: {}\n`, problem: 'score.yaml:3:1: containers: give at least one container' },
    {
      why: 'a resource that is not there',
      source: `${head}containers:\n  main:\n    image: .\n    variables:\n      URL: \${resources.db.url}\n`,
      problem: 'score.yaml:7:7: containers.main.variables.URL: ${resources.db.url}: there is no resource "db"; there are: none',
    },
    {
      why: 'an unknown root',
      source: `${head}containers:\n  main:\n    image: .\n    variables:\n      HOME: \${HOME}\n`,
      problem: '${HOME}: a placeholder starts with metadata. or resources.',
    },
    {
      why: 'unknown metadata',
      source: `${head}containers:\n  main:\n    image: .\n    variables:\n      TEAM: \${metadata.team}\n`,
      problem: '${metadata.team}: the metadata have no such value',
    },
    {
      why: 'an open placeholder',
      source: `${head}containers:\n  main:\n    image: .\n    variables:\n      X: "\${resources.db"\n`,
      problem: 'has no closing }',
    },
    {
      why: 'a container before one that is not there',
      source: `${head}containers:\n  main:\n    image: .\n    before: { side: { ready: started } }\n`,
      problem: 'score.yaml:6:15: containers.main.before.side: there is no other container "side"',
    },
    { why: 'broken YAML', source: 'apiVersion: [\n', problem: 'score.yaml:' },
    { why: 'an empty file', source: '\n', problem: 'score.yaml:1:1: the file is empty' },
    { why: 'two documents', source: `${head}containers: { main: { image: . } }\n---\n{}\n`, problem: 'there is more than one document' },
    {
      why: 'a probe without a question',
      source: `${head}containers: { main: { image: ., livenessProbe: {} } }\n`,
      problem: 'containers.main.livenessProbe: give httpGet or exec',
    },
  ])('says where $why is', ({ source, problem }) => {
    expect(parseScore('score.yaml', source).problems.map(problemText).join('\n')).toContain(problem)
  })

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string(), (source) => {
        const { score, problems } = parseScore('score.yaml', source)
        expect(score === undefined).toBe(problems.length > 0)
      }),
    )
  })
})

describe('parsePlaceholders', () => {
  it.each([
    { source: 'plain', pieces: [{ text: 'plain' }] },
    { source: 'a$b', pieces: [{ text: 'a$b' }] },
    { source: '$$', pieces: [{ text: '$' }] },
    { source: '$$_$${fizzbuzz}', pieces: [{ text: '$_${fizzbuzz}' }] },
    { source: '', pieces: [] },
    {
      source: 'redis://${resources.cache.host}:${resources.cache.port}/',
      pieces: [
        { text: 'redis://' },
        { placeholder: ['resources', 'cache', 'host'], source: '${resources.cache.host}' },
        { text: ':' },
        { placeholder: ['resources', 'cache', 'port'], source: '${resources.cache.port}' },
        { text: '/' },
      ],
    },
    {
      source: '${metadata.annotations.prefix\\.com/key}',
      pieces: [{ placeholder: ['metadata', 'annotations', 'prefix.com/key'], source: '${metadata.annotations.prefix\\.com/key}' }],
    },
  ])('$source', ({ source, pieces }) => {
    expect(parsePlaceholders(source)).toEqual({ outcome: 'parsed', pieces })
  })

  it('gives back any text whose dollars are doubled', () => {
    fc.assert(
      fc.property(fc.string(), (plain) => {
        const parsed = parsePlaceholders(plain.replaceAll('$', '$$$$'))
        expect(parsed).toEqual({ outcome: 'parsed', pieces: plain === '' ? [] : [{ text: plain }] })
      }),
    )
  })
})

it.each([
  { text: '128M', bytes: 128_000_000 },
  { text: '128Mi', bytes: 134_217_728 },
  { text: '1.5Gi', bytes: 1_610_612_736 },
  { text: '512', bytes: 512 },
])('$text is $bytes bytes', ({ text, bytes }) => expect(memoryBytesOf(text)).toBe(bytes))

it.each([
  { text: '100m', millicores: 100 },
  { text: '0.24', millicores: 240 },
  { text: '2', millicores: 2_000 },
])('$text is $millicores millicores', ({ text, millicores }) => expect(cpuMillicoresOf(text)).toBe(millicores))
