export * from './people.ts'
export { catalogNameOf } from './people-entities.ts'
