import { environmentFaults } from './environment-faults.ts'
import { sortEnvironments, type Environment } from './environment.ts'

export interface EnvironmentDeps {
  /** Where environments come from; the catalog implements it. */
  environments: () => Promise<readonly Environment[]>
}

/** Looks environments up. */
export interface EnvironmentDirectory {
  /** First to last. */
  list(): Promise<Environment[]>
  /** @throws `platform.environment.not_found`, naming those that exist. */
  get(name: string): Promise<Environment>
}

export function createEnvironmentDirectory(deps: EnvironmentDeps): EnvironmentDirectory {
  const list = async (): Promise<Environment[]> => sortEnvironments(await deps.environments())
  return {
    list,
    async get(name) {
      const all = await list()
      const found = all.find((environment) => environment.name === name)
      if (!found) throw environmentFaults.not_found({ name, known: all.map((environment) => environment.name).join(', ') || 'none' })
      return found
    },
  }
}
