// Bundles the service and its dependencies into dist/, which needs nothing but Node to run.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

const { name, version } = JSON.parse(await readFile('package.json', 'utf8'))
const commit = process.env.GITHUB_SHA ?? 'local'

await rm('dist', { recursive: true, force: true })
await mkdir('dist')
await build({
  entryPoints: ['src/server.js'],
  outfile: 'dist/server.js',
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  // pg reaches for its optional native binding only when asked to.
  external: ['pg-native'],
  // Bundled CommonJS still calls require() for Node's own modules.
  banner: { js: "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url);" },
  define: { BUILD_VERSION: JSON.stringify(`${version}+${commit.slice(0, 7)}`) },
  legalComments: 'none',
  logLevel: 'warning',
})
await writeFile('dist/package.json', `${JSON.stringify({ name, version, private: true, type: 'module' }, null, 2)}\n`)
