import { describe, expect, it } from 'vitest'
import { faults, isFault, listCataloguedFaults, toProblem } from './fault.ts'

const shopFaults = faults('test.shop', {
  sold_out: { status: 409, title: 'Sold out', retry: 'no', detail: (d: { item: string }) => `"${d.item}" is sold out; ask for another` },
  closed: { status: 503, title: 'Closed', retry: 'after', detail: () => 'the shop is closed' },
})

describe('faults', () => {
  it('makes an error with a stable code and a text that names the input', () => {
    const fault = shopFaults.sold_out({ item: 'tea' })
    expect(fault).toMatchObject({ code: 'test.shop.sold_out', status: 409, message: '"tea" is sold out; ask for another' })
    expect(isFault(fault, 'test.shop.sold_out')).toBe(true)
    expect(shopFaults.sold_out.code).toBe('test.shop.sold_out')
  })

  it('keeps the cause to itself on the wire', () => {
    const problem = toProblem(shopFaults.sold_out({ item: 'tea' }, { cause: new Error('row 7 of table stock') }), 'req_1')
    expect(problem).toMatchObject({ status: 409, code: 'test.shop.sold_out', requestId: 'req_1' })
    expect(JSON.stringify(problem)).not.toContain('stock')
  })

  it('says nothing of an unknown error but where to look', () => {
    const problem = toProblem(new Error('password=hunter2'), 'req_2')
    expect(problem).toMatchObject({ status: 500, code: 'kernel.internal' })
    expect(JSON.stringify(problem)).not.toContain('hunter2')
  })

  it('carries fields and the time to wait', () => {
    const problem = toProblem(shopFaults.closed({}, { retryAfterSeconds: 30, errors: [{ field: 'when', message: 'is Sunday' }] }), 'req_3')
    expect(problem).toMatchObject({ retryAfterSeconds: 30, errors: [{ field: 'when', message: 'is Sunday' }] })
  })

  it('lists each catalogued code once', () => {
    const codes = listCataloguedFaults().map((fault) => fault.code)
    expect(codes).toContain('test.shop.closed')
    expect(new Set(codes).size).toBe(codes.length)
  })
})
