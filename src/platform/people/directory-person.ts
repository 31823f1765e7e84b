/** Where people and groups come from. */
export type DirectorySource = 'scim' | 'oidc'

export interface DirectoryUser {
  id: string
  userName: string
  externalId: string | null
  displayName: string | null
  email: string | null
  isActive: boolean
  resource: Record<string, unknown>
  createdAt: Date
  updatedAt: Date
}

export interface DirectoryGroup {
  id: string
  displayName: string
  externalId: string | null
  resource: Record<string, unknown>
  createdAt: Date
  updatedAt: Date
}
