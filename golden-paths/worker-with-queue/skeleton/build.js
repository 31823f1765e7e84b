// Makes dist/, which needs nothing but Node to run: the code, and the packages without what is only for people.
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

const { name, version } = JSON.parse(await readFile('package.json', 'utf8'))
const built = `${version}+${(process.env.GITHUB_SHA ?? 'local').slice(0, 7)}`
const isForPeople = (file) => /\.(map|md|ts)$/i.test(file) || path.basename(file) === '.bin'

await rm('dist', { recursive: true, force: true })
await cp('src', 'dist/src', { recursive: true })
await cp('node_modules', 'dist/node_modules', { recursive: true, filter: (file) => !isForPeople(file) })
await writeFile('dist/package.json', `${JSON.stringify({ name, version: built, private: true, type: 'module' }, null, 2)}\n`)
