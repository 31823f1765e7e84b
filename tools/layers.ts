import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from 'oxc-parser'

/** One broken rule: where, and what to do instead. */
export interface LayerFault {
  file: string
  message: string
}

export interface LayerReport {
  filesSeen: number
  importsSeen: number
  faults: LayerFault[]
}

/** Layer -> layers that it may import. The three pillars never meet; the interface sees the contract and the browser-safe kernel alone. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  kernel: [],
  cloud: ['kernel'],
  runtime: ['kernel', 'cloud'],
  provisioning: ['kernel', 'cloud', 'runtime'],
  delivery: ['kernel', 'cloud', 'runtime'],
  observability: ['kernel', 'cloud', 'runtime'],
  platform: ['kernel', 'cloud', 'runtime', 'provisioning', 'delivery', 'observability'],
  interface: ['contract'],
  main: ['kernel', 'cloud', 'runtime', 'provisioning', 'delivery', 'observability', 'platform', 'interface', 'contract'],
  contract: [],
  tools: ['main', 'kernel', 'contract', 'test'],
  bench: ['main', 'kernel', 'contract', 'runtime', 'delivery', 'provisioning', 'observability', 'platform', 'test'],
  test: ['kernel', 'contract', 'main', 'cloud', 'runtime', 'provisioning', 'delivery', 'observability', 'platform', 'interface'],
}

/** Which rule covers a file; undefined is itself a fault. */
export function layerOf(file: string): string | undefined {
  const parts = file.split('/')
  if (parts[0] === 'src') return parts[1] !== undefined && parts.length > 2 && parts[1] in MAY_IMPORT ? parts[1] : undefined
  if (['contract', 'tools', 'bench', 'test'].includes(parts[0] ?? '')) return parts[0]
  if (parts[0] === 'bin' || file === 'vitest.config.ts') return 'root'
  return undefined
}

/** Checks one import of one file. @returns what is wrong, or undefined. `target` is the imported file, from the root; undefined for packages. */
export function judgeImport(file: string, specifier: string, target: string | undefined): string | undefined {
  const layer = layerOf(file)
  if (layer === undefined || layer === 'root') return undefined
  const isTest = /\.(i?test)\.tsx?$|-contract\.ts$/.test(file)
  if (target === undefined) {
    const isBrowserSafe = /^src\/(kernel\/common|interface\/portal)\//.test(file) && !file.includes('/dev/') && !file.endsWith('vite.config.ts')
    return isBrowserSafe && !isTest && specifier.startsWith('node:') ? `imports ${specifier}, but it must run in a browser` : undefined
  }
  const to = layerOf(target)
  if (to === undefined) return `imports ${target}, which no layer rule covers`
  if (isTest && (to === 'test' || (to === 'kernel' && layer !== 'interface'))) return undefined
  if (to === layer) return judgeDoor(file, target)
  if (layer === 'interface' && to === 'kernel')
    return target.startsWith('src/kernel/common/') ? undefined : `imports ${target}: the interface sees contract/ and kernel/common only`
  if (layer === 'contract' && to === 'kernel')
    return target.startsWith('src/kernel/common/') ? undefined : `imports ${target}: the contract also runs in a browser`
  if (!(MAY_IMPORT[layer] ?? []).includes(to)) return `imports ${target}: ${layer} may import ${(MAY_IMPORT[layer] ?? []).join(', ') || 'nothing'}, not ${to}`
  return undefined
}

/** Inside a layer, another feature is entered by its index.ts only. */
function judgeDoor(file: string, target: string): string | undefined {
  if (!file.startsWith('src/') || /^src\/(interface|main)\//.test(file)) return undefined
  const depth = file.startsWith('src/kernel/') ? 4 : 3
  const feature = file.split('/').slice(0, depth).join('/')
  if (target.startsWith(`${feature}/`)) return undefined
  if (file.startsWith('src/kernel/common/') && target.startsWith('src/kernel/node/')) return `imports ${target}: kernel/common must run in a browser`
  return target.endsWith('/index.ts') ? undefined : `imports ${target}: enter another feature by its index.ts`
}

/** Reads every TypeScript file that git tracks (or would) and judges its imports. */
export function checkLayers(checkout: string): LayerReport {
  const listed = execFileSync('git', ['-C', checkout, 'ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' }).split('\n')
  const files = listed.filter(
    (file) => /\.(ts|tsx|mts)$/.test(file) && !file.endsWith('.d.ts') && !/^(golden-paths|organisation)\//.test(file) && existsSync(path.join(checkout, file)),
  )
  const known = new Set(files)
  const subpaths = (JSON.parse(readFileSync(path.join(checkout, 'package.json'), 'utf8')) as { imports: Record<string, string> }).imports
  const faults: LayerFault[] = []
  let importsSeen = 0
  for (const file of files) {
    if (layerOf(file) === undefined)
      faults.push({ file, message: 'no layer rule covers this file: put it into a layer, or name its folder in tools/layers.ts' })
    for (const specifier of importsOf(file, readFileSync(path.join(checkout, file), 'utf8'))) {
      importsSeen += 1
      const target = resolve(file, specifier, subpaths)
      if (target !== undefined && !known.has(target)) {
        if (/\.tsx?$/.test(target)) faults.push({ file, message: `imports ${specifier}, which is not there` })
        continue
      }
      const message = judgeImport(file, specifier, target)
      if (message !== undefined) faults.push({ file, message })
    }
  }
  return { filesSeen: files.length, importsSeen, faults }
}

function importsOf(file: string, text: string): string[] {
  const { module } = parseSync(file, text)
  const fixed = [
    ...module.staticImports.map((found) => found.moduleRequest.value),
    ...module.staticExports.flatMap((found) => found.entries.flatMap((entry) => (entry.moduleRequest ? [entry.moduleRequest.value] : []))),
  ]
  const dynamic = module.dynamicImports.flatMap((found) => {
    const literal = /^['"](.+)['"]$/.exec(text.slice(found.moduleRequest.start, found.moduleRequest.end))
    return literal?.[1] === undefined ? [] : [literal[1]]
  })
  return [...fixed, ...dynamic]
}

function resolve(from: string, specifier: string, subpaths: Record<string, string>): string | undefined {
  if (specifier.startsWith('.')) return path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier))
  for (const [pattern, target] of Object.entries(subpaths)) {
    const [before = '', after] = pattern.split('*')
    if (after === undefined) {
      if (specifier === pattern) return path.posix.normalize(target)
    } else if (specifier.startsWith(before) && specifier.length > before.length) {
      return path.posix.normalize(target.replace('*', specifier.slice(before.length)))
    }
  }
  return undefined
}
