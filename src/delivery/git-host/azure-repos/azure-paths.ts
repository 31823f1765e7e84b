import type { RepositoryRef } from '../git-host.ts'
import { foreignHostFaults } from '../remote/foreign-host-faults.ts'

/** `acme/Shop` as organisation (or, on a server of one's own, collection) and project. @throws `delivery.foreign_host.refused`. */
export function splitOwner(owner: string, host: string): { organisation: string; project: string } {
  const [organisation, project, ...more] = owner.split('/')
  if (organisation === undefined || project === undefined || more.length > 0)
    throw foreignHostFaults.refused({ host, what: `"${owner}" is no ORGANISATION/PROJECT` })
  return { organisation, project }
}

/** `/acme/Shop/_apis/git/repositories/orders` */
export function repositoryPath({ owner, name }: RepositoryRef, host: string): string {
  const { organisation, project } = splitOwner(owner, host)
  return `/${encodeURIComponent(organisation)}/${encodeURIComponent(project)}/_apis/git/repositories/${encodeURIComponent(name)}`
}
