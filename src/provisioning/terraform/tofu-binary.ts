import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import path from 'node:path'
import { terraformFaults } from './terraform-faults.ts'

/** Finds `tofu`, else `terraform`: first in the folder of real tools, then on PATH. @throws `provisioning.terraform.not_installed`. */
export async function findTofu(options: { realDir: string; path: string | undefined }): Promise<string> {
  const folders = [options.realDir, ...(options.path ?? '').split(path.delimiter)].filter((folder) => path.isAbsolute(folder))
  for (const name of ['tofu', 'terraform'])
    for (const folder of folders) {
      const file = path.join(folder, name)
      const isThere = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
      if (isThere) return file
    }
  throw terraformFaults.not_installed({})
}
