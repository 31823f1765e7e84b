/** The catalog, as identity needs it. */
export interface People {
  /** The person with this ref, e.g. `user:default/ana`; undefined when there is none. */
  findPerson(ref: string): Promise<{ displayName: string } | undefined>
  /** Refs of all groups that a person belongs to, parents included. */
  groupsOf(ref: string): Promise<readonly string[]>
}
