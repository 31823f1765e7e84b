import { expect, it } from 'vitest'
import { FactColumn } from './fact-column.ts'
import { TextPool } from './text-pool.ts'
import { TextScan } from './text-scan.ts'

it('finds parts of texts, before and after texts came and went', () => {
  const pool = new TextPool()
  const texts = Array.from({ length: 300 }, (_, slot) => `${slot % 3 === 0 ? 'Order' : 'bill'}-${slot}`)
  const column = new FactColumn({ values: Uint32Array.from(texts, (text) => pool.intern(text)), slots: Uint32Array.from(texts, (_, slot) => slot) })
  const scan = new TextScan(pool, column)
  const expected = (term: string): number[] => texts.flatMap((text, slot) => (text.toLowerCase().includes(term.toLowerCase()) ? [slot] : []))
  const check = (): void => {
    for (const term of ['order', 'ORDER-1', 'l-2', '9', 'er-2', '-', 'absent']) expect(Array.from(scan.find(term).toSorted()), term).toEqual(expected(term))
  }
  check()
  column.note(pool.intern(texts[7] ?? ''), 7, -1)
  texts[7] = 'Reorder'
  column.note(pool.intern('Reorder'), 7, 1)
  check()
  texts[300] = 'order-9'
  column.note(pool.intern('order-9'), 300, 1)
  check()
  check()
})
