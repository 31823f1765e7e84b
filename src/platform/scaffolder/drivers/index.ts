export { FilesDriver } from './files-driver.ts'
export { RegisterDriver } from './register-driver.ts'
export { RepositoryDriver } from './repository-driver.ts'
