// Makes dist/, which needs nothing but Node to run.
import { cp, readFile, rm, writeFile } from 'node:fs/promises'

const { name, version } = JSON.parse(await readFile('package.json', 'utf8'))
const built = `${version}+${(process.env.GITHUB_SHA ?? 'local').slice(0, 7)}`

await rm('dist', { recursive: true, force: true })
await cp('src', 'dist/src', { recursive: true })
await cp('targets.json', 'dist/targets.json')
await writeFile('dist/package.json', `${JSON.stringify({ name, version: built, private: true, type: 'module' }, null, 2)}\n`)
