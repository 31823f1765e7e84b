import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { problemText } from '#kernel/common/document'
import { parseOpenSlo } from './openslo.ts'

const folder = (name: string): string => path.join(import.meta.dirname, 'fixtures', name)
const read = (place: string, name: string): ReturnType<typeof parseOpenSlo> => parseOpenSlo(name, readFileSync(path.join(folder(place), name), 'utf8'))

describe('the corpus of OpenSLO', () => {
  it.each(readdirSync(folder('valid')))('accepts %s', (name) => {
    const { objects, problems } = read('valid', name)
    expect(problems).toEqual([])
    expect(objects.length).toBeGreaterThan(0)
  })

  it.each(readdirSync(folder('invalid')))('refuses %s, with reasons', (name) => {
    expect(read('invalid', name).problems.length).toBeGreaterThan(0)
  })

  it.each([
    ['oslo-invalid-apiversion.yaml', 'oslo-invalid-apiversion.yaml:1:1: apiVersion: must be openslo/v1'],
    ['oslo-v1.yaml', 'metadata.name: must consist of lower-case letters, digits and "-"'],
    ['oslo-unknown-field.yaml', 'there is no such field here'],
  ])('says of %s where and what', (name, text) => {
    expect(
      read('invalid', name)
        .problems.map((problem) => problemText(problem))
        .join('\n'),
    ).toContain(text)
  })
})

const SLO = `apiVersion: openslo/v1
kind: SLO
metadata:
  name: orders
spec:
  service: orders
  indicator:
    metadata:
      name: good
    spec:
      ratioMetric:
        good: { metricSource: { type: fairway, spec: { query: requests } } }
        total: { metricSource: { type: fairway, spec: { query: requests } } }
  timeWindow:
    - duration: 28d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.99
`

it('accepts a plain SLO', () => {
  expect(parseOpenSlo('slo.yaml', SLO).problems).toEqual([])
})

it.each([
  ['name: orders', 'name: Orders', 'metadata.name'],
  ['name: orders', `name: ${'a'.repeat(64)}`, 'metadata.name'],
  ['target: 0.99', 'target: 1', 'spec.objectives[0].target'],
  ['target: 0.99', 'targetPercent: 100', 'spec.objectives[0].targetPercent'],
  ['target: 0.99', 'displayName: none', 'spec.objectives[0].target'],
  ['target: 0.99', 'target: 0.99\n      targetPercent: 99', 'spec.objectives[0].target'],
  ['duration: 28d', 'duration: 28 days', 'spec.timeWindow[0].duration'],
  ['duration: 28d', 'duration: 0d', 'spec.timeWindow[0].duration'],
  ['isRolling: true', 'isRolling: false', 'spec.timeWindow[0].isRolling'],
  ['isRolling: true', "calendar: { startTime: '2026-01-01 00:00:00', timeZone: Mars/Base }", 'spec.timeWindow[0].calendar.timeZone'],
  ['budgetingMethod: Occurrences', 'budgetingMethod: Timeslices', 'spec.objectives[0].timeSliceWindow'],
  ['budgetingMethod: Occurrences', 'budgetingMethod: Whatever', 'spec.budgetingMethod'],
  ['  service: orders', '  service: orders\n  indicatorRef: other', 'spec.indicator'],
  ['        good:', '        bad: { metricSource: { type: x, spec: {} } }\n        good:', 'spec.indicator.spec.ratioMetric.good'],
  ['kind: SLO', 'kind: Slow', 'kind'],
])('refuses "%s" as "%s" at %s', (from, to, field) => {
  const { problems } = parseOpenSlo('slo.yaml', SLO.replace(from, to))
  expect(problems.map((problem) => problem.field)).toContain(field)
  expect(problems.every((problem) => problem.file === 'slo.yaml' && (problem.line ?? 0) > 0)).toBe(true)
})
