import { parseArgs } from 'node:util'
import { writeCatalog } from './catalog-files.ts'
import { entityCountOf } from './seeded-catalog.ts'

// `node bench/catalog/write.ts FOLDER [--components 10000] [--seed 1]`: writes a seeded catalog, to try things with.
const { values, positionals } = parseArgs({ allowPositionals: true, options: { components: { type: 'string' }, seed: { type: 'string' } } })
const [folder] = positionals
const size = { components: Number(values.components ?? 10_000), seed: Number(values.seed ?? 1) }
if (folder === undefined || !Number.isInteger(size.components) || size.components < 1) {
  process.stderr.write('node bench/catalog/write.ts FOLDER [--components 10000] [--seed 1]\n')
  process.exit(2)
}
const { files, sizeBytes } = await writeCatalog(folder, size)
process.stdout.write(`${entityCountOf(size)} entities, ${files} files, ${(sizeBytes / 2 ** 20).toFixed(1)} MiB in ${folder}\n`)
