import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatTraceparent, newHexId, parseTraceparent } from './trace-context.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

it.each([
  { why: 'sampled', header: `00-${TRACE}-${SPAN}-01`, expected: { traceId: TRACE, spanId: SPAN, isSampled: true } },
  { why: 'not sampled', header: `00-${TRACE}-${SPAN}-00`, expected: { traceId: TRACE, spanId: SPAN, isSampled: false } },
  { why: 'blanks around', header: ` 00-${TRACE}-${SPAN}-03 `, expected: { traceId: TRACE, spanId: SPAN, isSampled: true } },
  { why: 'a later version with more parts', header: `cc-${TRACE}-${SPAN}-01-what`, expected: { traceId: TRACE, spanId: SPAN, isSampled: true } },
  { why: 'version 00 with more parts', header: `00-${TRACE}-${SPAN}-01-what`, expected: undefined },
  { why: 'version ff', header: `ff-${TRACE}-${SPAN}-01`, expected: undefined },
  { why: 'no trace', header: `00-${'0'.repeat(32)}-${SPAN}-01`, expected: undefined },
  { why: 'no span', header: `00-${TRACE}-${'0'.repeat(16)}-01`, expected: undefined },
  { why: 'upper case', header: `00-${TRACE.toUpperCase()}-${SPAN}-01`, expected: undefined },
  { why: 'absent', header: null, expected: undefined },
])('reads a traceparent: $why', ({ header, expected }) => {
  expect(parseTraceparent(header)).toEqual(expected)
})

it('reads back what it writes', () => {
  fc.assert(
    fc.property(fc.boolean(), (isSampled) => {
      const context = { traceId: newHexId(16), spanId: newHexId(8), isSampled }
      expect(parseTraceparent(formatTraceparent(context))).toEqual(context)
    }),
  )
})
