import { expect, test } from 'vitest'
import { builtInFile } from './built-in-file.ts'

test.each([
  ['acme/orders', 'catalog-info.yaml', { owner: 'acme', name: 'orders', path: 'catalog-info.yaml' }],
  ['github.com/acme/orders', 'catalog-info.yaml', null],
  ['', 'catalog-info.yaml', null],
  ['acme/orders', '', null],
])('%j with %j', (repository, path, file) => {
  expect(builtInFile({ location: '', repository, path, commit: '' })).toEqual(file)
})
