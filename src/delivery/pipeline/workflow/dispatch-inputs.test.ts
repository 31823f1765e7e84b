import { expect, it } from 'vitest'
import { resolveInputs } from './dispatch-inputs.ts'

const declared = {
  level: { type: 'choice' as const, options: ['info', 'debug'], default: 'info' },
  dry: { type: 'boolean' as const },
  count: { type: 'number' as const, default: 3 },
  name: { type: 'string' as const, required: true },
}

it('fills in defaults and gives each input its type', () => {
  expect(resolveInputs(declared, { name: 'x', dry: 'true', count: '7' })).toEqual({ values: { level: 'info', dry: true, count: 7, name: 'x' }, problems: [] })
})

it('names every wrong input at once', () => {
  expect(resolveInputs(declared, { level: 'loud', dry: 'perhaps', count: 'many', other: 1 }).problems).toEqual([
    { field: 'inputs.other', message: 'is no input of this workflow; it has level, dry, count, name' },
    { field: 'inputs.level', message: 'has to be one of info, debug, not "loud"' },
    { field: 'inputs.dry', message: 'has to be true or false, not "perhaps"' },
    { field: 'inputs.count', message: 'has to be a number, not "many"' },
    { field: 'inputs.name', message: 'is required' },
  ])
})
