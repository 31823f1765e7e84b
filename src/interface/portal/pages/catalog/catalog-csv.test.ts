import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csvHead, csvLines } from './catalog-csv.ts'
import { catalogRow, type CatalogRow } from './catalog-rows.ts'

const row = (over: Partial<CatalogRow>): CatalogRow => ({
  ...catalogRow({ apiVersion: 'x', kind: 'Component', metadata: { name: 'orders' }, spec: { type: 'service', owner: 'payments' } }),
  ...over,
})
const field = (text: string, name: string): string | undefined => parse(text)[1]?.[parse(csvHead)[0]?.indexOf(name) ?? -1]

/** A reader of RFC 4180, to check the writer by. */
function parse(text: string): string[][] {
  const lines: string[][] = [['']]
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    const line = lines.at(-1) ?? []
    const character = text[at] ?? ''
    if (isQuoted && character === '"' && text[at + 1] === '"') line[line.length - 1] += text[(at += 1)]
    else if (character === '"') isQuoted = !isQuoted
    else if (!isQuoted && character === ',') line.push('')
    else if (!isQuoted && character === '\r') lines.push([''])
    else if (isQuoted || character !== '\n') line[line.length - 1] += character
  }
  return lines.slice(0, -1)
}

describe('the catalog as CSV', () => {
  test('has a line for its columns and one for each entity', () => {
    expect(csvHead + csvLines([row({ tags: ['a', 'b'] })])).toBe(
      'ref,kind,namespace,name,title,type,owner,lifecycle,system,tags,description,problems,orphan\r\n' +
        'component:default/orders,Component,default,orders,orders,service,group:default/payments,,,a b,,,\r\n',
    )
  })

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])('%j is no formula', (description) => {
    expect(field(csvHead + csvLines([row({ description })]), 'description')).toBe(`'${description}`)
  })

  test('any text comes back as it was', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((each) => !/^[=+\-@\t\r]/.test(each))
    fc.assert(
      fc.property(text, fc.constantFrom('', 'a,"b"\nc'), (start, rest) => {
        const description = start + rest
        expect(field(csvHead + csvLines([row({ description })]), 'description')).toBe(/^[=+\-@\t\r]/.test(description) ? `'${description}` : description)
      }),
    )
  })
})
