import { randomUUID } from 'node:crypto'
import { chmod, readFile, rename, writeFile } from 'node:fs/promises'
import type { Authenticator } from './authenticator.ts'
import type { IdentityService } from './identity-service.ts'

export const ADMINISTRATOR = 'user:default/admin'

/**
 * Sees to it that `file` (mode 0600) holds a token of the administrator that is good now. A good one stays, over restarts; a missing, wrong or revoked one is replaced.
 * Whoever can read the platform's data folder is its first administrator by this file.
 * @returns whether a new one was made.
 */
export async function ensureAdministrator(deps: { service: IdentityService; authenticator: Authenticator }, file: string): Promise<{ isNew: boolean }> {
  if (await isGood(deps.authenticator, file)) {
    await chmod(file, 0o600)
    return { isNew: false }
  }
  const token = await deps.service.issueAdministratorToken(ADMINISTRATOR)
  const staged = `${file}.${randomUUID()}`
  await writeFile(staged, `${token.reveal()}\n`, { mode: 0o600, flag: 'wx' })
  await rename(staged, file)
  return { isNew: true }
}

async function isGood(authenticator: Authenticator, file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return false
  try {
    const caller = await authenticator.authenticate(new Request('http://localhost/', { headers: { authorization: `Bearer ${text.trim()}` } }))
    return caller?.principal === ADMINISTRATOR && caller.isAdministrator && caller.scopes.includes('*')
  } catch (error) {
    // A void credential is replaced; a database that is away is not a reason to make a new one.
    if ((error as { status?: number }).status === 401) return false
    throw error
  }
}
