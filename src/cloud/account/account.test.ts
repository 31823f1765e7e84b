import { expect, it } from 'vitest'
import { parseSource, problemText } from '#kernel/common/document'
import { createAccounts, LOCAL_ACCOUNT, readAccount } from './index.ts'

const read = (spec: string): ReturnType<typeof readAccount> => {
  const [document] = parseSource('accounts/eu.yaml', `apiVersion: fairway.dev/v1\nkind: CloudAccount\nmetadata: { name: eu }\nspec:\n${spec}`).documents
  if (!document) throw new Error('no document')
  return readAccount(document)
}

it('reads an account', () => {
  expect(read('  provider: aws\n  accountId: "123456789012"\n  regions: [eu-central-1, eu-west-1]\n').account).toMatchObject({
    name: 'eu',
    provider: 'aws',
    regions: ['eu-central-1', 'eu-west-1'],
  })
})

it.each([
  ['  provider: aws\n  accountId: "1"\n  regions: [eu-central-1, westeurope]\n', 'accounts/eu.yaml:7:27: spec.regions[1]: aws has no region "westeurope"'],
  ['  provider: moon\n  regions: [x]\n', 'accounts/eu.yaml:5:3: spec.provider: aws, azure, gcp or local'],
])('says where an account is wrong: %s', (spec, problem) => expect(read(spec).problems.map(problemText)).toContain(problem))

it('always has this machine, in the words of the organisation where it has some', async () => {
  const other = { ...LOCAL_ACCOUNT, name: 'aws', provider: 'aws' as const }
  expect((await createAccounts({ accounts: async () => [other] }).list()).map((account) => account.name)).toEqual(['aws', 'local'])
  const own = { ...LOCAL_ACCOUNT, title: 'Our box' }
  expect(await createAccounts({ accounts: async () => [own] }).list()).toEqual([own])
})
