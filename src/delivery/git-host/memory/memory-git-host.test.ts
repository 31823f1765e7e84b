import { gitHostContract } from '../git-host-contract.ts'
import { pullRequestContract } from '../pull-request-contract.ts'
import { MemoryGitHost } from './memory-git-host.ts'

const host = new MemoryGitHost()
gitHostContract('memory', async () => ({ host, pushes: async (repository) => [...host.pushesOf(repository)] }))
pullRequestContract('memory', async () => ({ host: new MemoryGitHost() }))
