export * from './people.ts'
export type { KnownPeople, KnownPerson } from './known-people.ts'
