import type { GitHostPromise } from '../git-host-contract.ts'

/** What no foreign host promises, and why: for the contract suites of the adapters. */
export const FOREIGN: Partial<Record<GitHostPromise, string>> = {
  recordsPushes: 'others push to a foreign host; its webhooks tell of them, at least once and in no order',
  tellsCreator: 'to a foreign host everything is made by the owner of the token',
  lowerCaseNames: 'foreign hosts have names in upper case',
}
