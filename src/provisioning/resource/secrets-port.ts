import type { Secret } from '#kernel/common/secret'

/** Where drivers keep what they make up. The platform's secret store implements it. */
export interface ResourceSecrets {
  write(path: string, value: Secret, actor: string): Promise<void>
  find(path: string): Promise<Secret | undefined>
  /** Of an absent secret it is a success. */
  remove(path: string, actor: string): Promise<void>
}

/** Who provides resources, in records of secrets. */
export const PROVISIONER = 'system:fairway'
