import { readAccount, type CloudAccount } from '#cloud/account'
import { problemText, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import type { Logger } from '#kernel/node/log'
import { readGitHost } from '#delivery/git-host'
import type { CatalogDirectory, DocumentChecks, StoredDocument } from '#platform/catalog'
import { readEnvironment, type Environment } from '#platform/environment'
import { readPolicy, type Policy } from '#platform/policy'
import { checkTemplate } from '#platform/scaffolder'
import { readRecipe, type Recipe } from '#provisioning/recipe'

/**
 * What the features say of documents of their kinds, before the catalog takes them in.
 * @param drivers names of what recipes may use; asked when a recipe is read.
 */
export function documentChecks(drivers: () => readonly string[]): DocumentChecks {
  return {
    environment: (document) => readEnvironment(document).problems,
    policy: (document) => readPolicy(document).problems,
    recipe: (document) => recipeProblems(document, drivers()),
    cloudaccount: (document) => readAccount(document).problems,
    githost: (document) => readGitHost(document).problems,
    template: checkTemplate,
  }
}

function recipeProblems(document: SourceDocument, drivers: readonly string[]): readonly FieldProblem[] {
  const { recipe, problems } = readRecipe(document)
  if (!recipe || drivers.includes(recipe.driver)) return problems
  const message = `there is no driver "${recipe.driver}"; there are: ${drivers.join(', ')}`
  return [{ field: 'spec.driver', message, file: document.file, ...document.locate(['spec', 'driver']) }]
}

/** The organisation's documents, read by the features that they are for. A document that is wrong is logged and left out; the catalog shows its problem. */
export interface Organisation {
  readonly environments: () => Promise<Environment[]>
  readonly policies: () => Promise<Policy[]>
  readonly recipes: () => Promise<Recipe[]>
  readonly accounts: () => Promise<CloudAccount[]>
}

export function readOrganisation(directory: CatalogDirectory, log: Logger): Organisation {
  const all = async <T>(
    documents: Promise<readonly StoredDocument[]>,
    read: (document: SourceDocument) => { value?: T | undefined; problems: readonly FieldProblem[] },
  ): Promise<T[]> => {
    const values: T[] = []
    for (const stored of await documents) {
      const result = read(stored.document)
      if (result.value === undefined) log.warn(`left out ${stored.ref}: ${result.problems.map(problemText).join('; ')}`, { entity: stored.ref })
      else values.push(result.value)
    }
    return values
  }
  return {
    environments: () =>
      all(directory.environments(), (document) => {
        const result = readEnvironment(document)
        return { value: result.environment, problems: result.problems }
      }),
    policies: () =>
      all(directory.policies(), (document) => {
        const result = readPolicy(document)
        return { value: result.policy, problems: result.problems }
      }),
    recipes: () =>
      all(directory.recipes(), (document) => {
        const result = readRecipe(document)
        return { value: result.recipe, problems: result.problems }
      }),
    accounts: () =>
      all(directory.accounts(), (document) => {
        const result = readAccount(document)
        return { value: result.account, problems: result.problems }
      }),
  }
}
