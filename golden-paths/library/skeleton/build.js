// Makes dist/, the package as its users see it; package/, the same packed; and bom.json, which says what is in it.
import { execFileSync } from 'node:child_process'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'

const manifest = JSON.parse(await readFile('package.json', 'utf8'))
const { scripts: _, devDependencies: __, ...published } = manifest

await rm('dist', { recursive: true, force: true })
await rm('package', { recursive: true, force: true })
await mkdir('package')
await cp('src', 'dist', { recursive: true })
await cp('README.md', 'dist/README.md')
await writeFile('dist/package.json', `${JSON.stringify(published, null, 2)}\n`)
execFileSync('npm', ['pack', './dist', '--pack-destination', 'package', '--silent'], { stdio: ['ignore', 'ignore', 'inherit'] })

const purl = `pkg:npm/${manifest.name.replace('@', '%40')}@${manifest.version}`
const component = { type: 'library', name: manifest.name, version: manifest.version, purl }
await writeFile('bom.json', JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.5', metadata: { component }, components: [] }, null, 2))
