import { expect, it } from 'vitest'
import { parseSource } from '#kernel/common/document'
import { parseAccount } from './account.ts'

function parse(text: string) {
  const document = parseSource('accounts.yaml', text).documents[0]
  return parseAccount(document as NonNullable<typeof document>)
}
const head = 'apiVersion: fairway.dev/v1\nkind: CloudAccount\nmetadata:\n  name: main\nspec:\n'

it('reads an account with its regions', () => {
  expect(parse(`${head}  provider: aws\n  regions: [eu-central-1]\n`)).toMatchObject({ account: { name: 'main', provider: 'aws', regions: ['eu-central-1'] } })
})

it('names the line of a region that the provider does not have', () => {
  expect(parse(`${head}  provider: azure\n  regions:\n    - westeurope\n    - eu-central-1\n`).problems).toMatchObject([{ field: 'spec.regions[1]', line: 9 }])
})

it('refuses an unknown provider and an unknown field, with their lines', () => {
  const { problems } = parse(`${head}  provider: cumulus\n  colour: red\n`)
  expect(problems.map((problem) => problem.line)).toEqual(expect.arrayContaining([6]))
  expect(problems).toHaveLength(2)
})
