import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { parseSource, problemText, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import { readAccount } from '#cloud/account'
import { readRecipe } from '#provisioning/recipe'
import { checkEntity } from '#platform/catalog'
import { readEnvironment } from '#platform/environment'
import { readPolicy } from '#platform/policy'

const root = 'organisation'
const documents = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => parseSource(path.join(root, file), readFileSync(path.join(root, file), 'utf8')).documents)
const readers: Record<string, (document: SourceDocument) => { problems: readonly FieldProblem[] }> = {
  Environment: readEnvironment,
  Policy: readPolicy,
  Recipe: readRecipe,
  CloudAccount: readAccount,
}

it('every document of the starter organisation is good, for the catalog and for the feature that reads it', () => {
  expect(documents.length).toBeGreaterThan(15)
  for (const document of documents) {
    const { kind } = document.value as { kind: string }
    expect([...checkEntity(document).problems, ...(readers[kind]?.(document).problems ?? [])].map(problemText)).toEqual([])
  }
})
