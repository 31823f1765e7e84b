import { readFileSync } from 'node:fs'
import { parse } from '@bufbuild/cel'
import { globSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { parseSource } from '#kernel/common/document'
import { describe, expect, it } from 'vitest'
import { checkEntity, type Entity } from '#platform/catalog'
import { celOfCql } from './cortex/cql.ts'
import { exportCortex } from './cortex/export-cortex.ts'
import { importCortex } from './cortex/import-cortex.ts'
import { exportBackstage } from './backstage/export-backstage.ts'
import { importBackstage } from './backstage/import-backstage.ts'
import type { ImportedDocument, InteropFile } from './interop.ts'
import { exportPort } from './port/export-port.ts'
import { importPort } from './port/import-port.ts'
import { celOfPortQuery } from './port/port-query.ts'

const CORPUS = path.resolve('../shared/corpus')
const filesOf = (topic: string, pattern: string): InteropFile[] =>
  globSync(`${topic}/**/${pattern}`, { cwd: CORPUS }).map((file) => ({ path: file, text: readFileSync(path.join(CORPUS, file), 'utf8') }))
const port = filesOf('port', '.port/resources/*.json')
const cortex = [...filesOf('cortex', 'catalog/*.yaml'), ...filesOf('cortex', '*scorecard*/*/*.yaml'), ...filesOf('cortex', 'scorecards/*.yaml')]

const entityOf = (document: ImportedDocument): Entity => ({ ...document, metadata: { namespace: 'default', ...document.metadata } }) as unknown as Entity
const check = (document: ImportedDocument): string[] => {
  const [source] = parseSource('x.yaml', JSON.stringify(document)).documents
  return source
    ? checkEntity(source).problems.map((problem) => `${document.kind} ${document.metadata.name}: ${problem.field}: ${problem.message}`)
    : ['unreadable']
}

describe.skipIf(port.length === 0)('Port, as its own integrations write it', () => {
  const imported = importPort(port)
  const objects = port.flatMap((file) => JSON.parse(file.text) as { identifier?: string; schema?: unknown }[])

  it('takes every blueprint and scorecard over as a good document, and says what it dropped', () => {
    expect(imported.problems).toEqual([])
    expect(imported.documents.flatMap(check)).toEqual([])
    const blueprints = objects.filter((object) => object.schema !== undefined)
    expect(imported.documents.filter(({ kind }) => kind === 'EntityType')).toHaveLength(blueprints.length)
    expect(imported.losses.some(({ effect, field }) => effect === 'kept' && field.includes('mirrorProperties'))).toBe(true)
  })

  it('gives every blueprint back as it was', () => {
    for (const file of port.filter(({ path: name }) => name.endsWith('blueprints.json'))) {
      const { documents } = importPort([file])
      const [blueprints] = exportPort(documents.map(entityOf), { publicUrl: 'https://fairway.example' }).files
      expect(JSON.parse(blueprints?.text ?? '[]')).toEqual(
        (JSON.parse(file.text) as Record<string, unknown>[]).map((blueprint) => ({ relations: {}, ...withoutEmptyDescription(blueprint) })),
      )
    }
  })

  it('gives scorecards back with their queries', () => {
    const [scorecards] = exportPort(imported.documents.filter(({ kind }) => kind === 'Scorecard').map(entityOf), { publicUrl: 'https://fairway.example' }).files
    expect(JSON.parse(scorecards?.text ?? '[]')).toMatchObject([
      {
        identifier: 'prod-readiness',
        blueprint: 'newRelicService',
        rules: [{ identifier: 'has_reporting', level: 'Bronze', query: { combinator: 'and' } }, {}, {}],
      },
    ])
  })
})

describe.skipIf(cortex.length === 0)('Cortex, as its own library and CLI write it', () => {
  const imported = importCortex(cortex)

  it('takes every descriptor and scorecard over as a good document', () => {
    expect(imported.problems).toEqual([])
    expect(imported.documents.flatMap(check)).toEqual([])
    expect(imported.documents.filter(({ kind }) => kind === 'Scorecard').length).toBeGreaterThanOrEqual(7)
  })

  it('gives descriptors back with tag, type, groups, relationships and data', () => {
    for (const file of cortex.filter(({ path: name }) => name.includes('/catalog/'))) {
      const { documents } = importCortex([file])
      const [exported] = exportCortex(documents.map(entityOf)).files
      const before = infoOf(file.text)
      const after = infoOf(exported?.text ?? '')
      for (const key of ['title', 'x-cortex-tag', 'x-cortex-type', 'x-cortex-groups', 'x-cortex-relationships', 'x-cortex-definition'])
        expect(after[key], key).toEqual(before[key])
      expect(after['description']).toEqual(before['x-cortex-description'] ?? before['description'])
      expect(after['x-cortex-custom-metadata']).toEqual(before['x-cortex-custom-data'])
    }
  })

  it('gives each rule of a scorecard back as it was written', () => {
    for (const file of cortex.filter(({ path: name }) => name.includes('scorecard'))) {
      const { documents } = importCortex([file])
      const [exported] = exportCortex(documents.map(entityOf)).files
      const rules = (text: string): string[] => (valueOf(text) as { rules: { expression: string }[] }).rules.map((rule) => rule.expression)
      expect(rules(exported?.text ?? 'rules: []')).toEqual(rules(file.text))
    }
  })
})

it('gives what has one name in several kinds a tag each', () => {
  const entity = (kind: string): Entity => ({ apiVersion: 'backstage.io/v1alpha1', kind, metadata: { name: 'shop' }, spec: { type: 'x', owner: 'a' } })
  const { files, losses } = exportCortex([entity('Component'), entity('System'), entity('Resource')])
  expect(files.map((file) => file.path)).toEqual(['catalog/shop.yaml', 'catalog/shop-system.yaml', 'catalog/shop-resource.yaml'])
  expect(losses.filter((loss) => loss.field === 'metadata.name')).toHaveLength(2)
})

describe('rules in CEL', () => {
  it.each([
    [{ property: 'reporting', operator: '=', value: true }, '"reporting" in entity.spec.properties'],
    [
      {
        combinator: 'or',
        conditions: [
          { property: '$title', operator: 'isNotEmpty' },
          { property: 'a b', operator: 'in', value: ['x', 'y'] },
        ],
      },
      '||',
    ],
    [
      {
        combinator: 'and',
        rules: [
          { property: 'n', operator: '>=', value: 3 },
          { combinator: 'or', rules: [{ property: '$team', operator: 'contains', value: 'pay' }] },
        ],
      },
      '&&',
    ],
  ])('says %j', (query, part) => {
    const { expression } = celOfPortQuery(query)
    expect(expression).toContain(part)
    expect(() => parse(expression ?? '')).not.toThrow()
  })

  it.each([
    [{ property: 'service.$team', operator: '=', value: 'x' }, /relation/],
    [{ property: 'x', operator: 'between', value: [1, 2] }, /between/],
    ['no query', /object/],
  ])('names why %j can not be said', (query, reason) => {
    expect(celOfPortQuery(query).reason).toMatch(reason)
  })

  it.each([
    ['ownership.teams().length >= 1', true],
    ['entity.description().length > 0', true],
    ['git != null and oncall != null', true],
    ['not (custom("tier") == "1") or links().length > 2', true],
    ['custom("a") != null', true],
    ['snyk.numOfIssues() == 0', false],
    ['jq(custom("lineCount"), ". | tonumber") <= 200', false],
    ['entity.description().length > 0 and sonarqube.metric("coverage") >= 90', false],
    ['(((', false],
  ])('CQL %s: %s', (source, isSaid) => {
    const translated = celOfCql(source)
    expect(translated.expression !== undefined).toBe(isSaid)
    expect(translated.reason).not.toBe('')
    expect(() => parse(translated.expression ?? 'true')).not.toThrow()
  })

  it('never makes an expression that does not parse, whatever was written', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'git',
            ' != ',
            'null',
            ' and ',
            ' or ',
            'not ',
            '(',
            ')',
            'custom("x")',
            '"',
            ' == ',
            '1',
            'links().length',
            ' > ',
            '&&',
            '\\',
            'entity.tag()',
          ),
        ),
        (parts) => {
          const { expression } = celOfCql(parts.join(''))
          expect(() => parse(expression ?? 'true')).not.toThrow()
        },
      ),
      { numRuns: 3_000 },
    )
  })
})

describe('imports of any file', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc
      .record({
        identifier: fc.string(),
        blueprint: fc.string(),
        properties: fc.dictionary(fc.string(), fc.jsonValue()),
        relations: fc.dictionary(fc.string(), fc.jsonValue()),
      })
      .map((value) => JSON.stringify(value)),
    fc
      .record({
        info: fc.dictionary(
          fc.constantFrom('x-cortex-tag', 'x-cortex-type', 'x-cortex-owners', 'x-cortex-link', 'x-cortex-git', 'title', 'x-cortex-groups'),
          fc.jsonValue(),
        ),
      })
      .map((value) => JSON.stringify(value)),
  )

  it.each([
    ['port', importPort],
    ['cortex', importCortex],
    ['backstage', importBackstage],
  ])('%s never throws', (_name, take) => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(() => take([{ path: 'x.yaml', text }])).not.toThrow()
      }),
      { numRuns: 1_000 },
    )
  })

  it('makes good documents of entities of any blueprint', () => {
    const entity = fc.record({
      identifier: fc.string({ minLength: 1 }),
      title: fc.string(),
      blueprint: fc.constantFrom('service', 'api', 'team', '_user', 'argocdCluster', 'domain'),
      properties: fc.dictionary(fc.string(), fc.jsonValue()),
    })
    fc.assert(
      fc.property(entity, (value) => {
        const { documents } = importPort([{ path: 'x.json', text: JSON.stringify(value) }])
        expect(documents.flatMap(check)).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('Backstage', () => {
  it('comes back as descriptors without what a catalog adds', () => {
    const entity = {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name: 'orders', uid: 'u', etag: 'e', annotations: { 'backstage.io/managed-by-location': 'url:x', 'acme.com/tier': '1' } },
      spec: { type: 'service', lifecycle: 'production', owner: 'payments' },
      relations: [{ type: 'ownedBy', targetRef: 'group:default/payments' }],
    }
    const { files, losses } = exportBackstage([entity as unknown as Entity, { ...entity, apiVersion: 'fairway.dev/v1', kind: 'Policy' } as unknown as Entity])
    expect(files.map((file) => file.path)).toEqual(['component.yaml'])
    expect(losses).toMatchObject([{ effect: 'dropped', path: 'policy:default/orders' }])
    const { documents } = importBackstage(files)
    expect(documents).toEqual([
      { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'orders', annotations: { 'acme.com/tier': '1' } }, spec: entity.spec },
    ])
  })
})

function withoutEmptyDescription(blueprint: Record<string, unknown>): Record<string, unknown> {
  const { description, ...rest } = blueprint
  return description === '' || description === undefined ? rest : blueprint
}

function infoOf(text: string): Record<string, unknown> {
  return (valueOf(text) as { info: Record<string, unknown> }).info
}

function valueOf(text: string): unknown {
  return parseSource('x', text).documents[0]?.value ?? {}
}
