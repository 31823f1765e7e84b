import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { childEnvironment } from '#kernel/node/config'
import { systemCaller } from '#kernel/node/http'
import type { Identity } from '#platform/identity'
import type { Keyring, SealedSecretStore } from '#platform/secret'
import type { StateStore } from '#provisioning/state'
import { findTofu, parseModuleRelease, terraformFaults, type ModuleRelease, type TerraformDriverDeps } from '#provisioning/terraform'
import type { Delivery } from './delivery.ts'
import type { Foundation } from './foundation.ts'

const ORGANISATION = { owner: 'fairway', name: 'organisation' }
/** Longer than any run: a run's token ends with it. */
const TOKEN_SECONDS = 6 * 3_600

/** What the Terraform driver needs: modules from the organisation's repository and from releases, and for each run a token for its own state alone. */
export function terraformDeps(
  base: Foundation,
  parts: { secrets: SealedSecretStore; keyring: Keyring; states: StateStore; identity: Identity['service']; delivery: Delivery; url: string },
): TerraformDriverDeps {
  const { db, clock, settings } = base
  const inherited = childEnvironment()
  return {
    db,
    clock,
    secrets: parts.secrets,
    sealing: parts.keyring,
    root: path.join(settings.dataDir, 'tofu'),
    inherited,
    binary: async () => await findTofu({ realDir: settings.realDir, path: inherited['PATH'] }),
    copyModule: async (module, folder) => {
      const release = parseModuleRelease(module)
      if (release) await copyRelease(parts.delivery, release, module, folder)
      else await copyModule(parts.delivery.gitHost, settings.dataDir, module, folder)
    },
    states: {
      open: async (name) => {
        const scopes = [`state:read@State/${name}`, `state:write@State/${name}`]
        const issued = await parts.identity.issueToken(systemCaller, {
          name: 'tofu',
          subject: 'service:fairway/provisioning',
          scopes,
          ttlSeconds: TOKEN_SECONDS,
        })
        return { address: `${parts.url}/api/v1/state/${name}`, token: issued.token, credentialId: issued.id }
      },
      close: async (credentialId) => await parts.identity.revokeToken(systemCaller, credentialId),
      head: async (name) => await parts.states.head(name),
      remove: async (name) => void (await parts.states.remove(name, { principal: systemCaller.principal, credentialId: undefined, isAdministrator: true })),
    },
  }
}

/** The files of one folder of the organisation's default branch. `module` has been checked by the driver; it can't leave the checkout. */
async function copyModule(gitHost: Delivery['gitHost'], dataDir: string, module: string, folder: string): Promise<void> {
  const scratch = await mkdtemp(path.join(dataDir, 'tmp', 'module-'))
  try {
    await mkdir(folder, { recursive: true })
    await gitHost.checkout({ ...ORGANISATION, ref: 'main', folder: scratch })
    const source = path.resolve(scratch, module)
    if (!source.startsWith(`${scratch}${path.sep}`)) throw new Error(`module "${module}" leads out of the organisation's repository`)
    await cp(source, folder, { recursive: true, dereference: false })
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** The files of a released package. Only what our own pipeline has built of the component's repository, and what is not in quarantine. */
async function copyRelease({ releases, artifacts }: Delivery, { component, version }: ModuleRelease, module: string, folder: string): Promise<void> {
  const release = await releases.getVersion(component, version)
  if (release.kind !== 'package')
    throw terraformFaults.bad_module({ module, what: `${component} v${version} is an application; a module is released as a package` })
  if (release.quarantine) throw terraformFaults.bad_module({ module, what: `${component} v${version} is in quarantine: ${release.quarantine.reason}` })
  const provenance = await releases.provenance(release.id)
  if (!provenance.isVerified) throw terraformFaults.bad_module({ module, what: `its provenance can't be verified: ${provenance.reason}` })
  await cp(await artifacts.unpack(release.digest), folder, { recursive: true, dereference: false })
}
