import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * `npm run new adapter PORT/NAME`, e.g. `git-host/acme`: makes the folder of an adapter beside its port, with a test that calls the port's
 * contract suite: red until the adapter keeps every promise.
 */
const checkout = path.resolve(import.meta.dirname, '..')
const [what, name] = process.argv.slice(2)
const ports = findPorts()
if (what !== 'adapter' || name === undefined || !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(name))
  fail(`usage: npm run new adapter PORT/NAME, where PORT is one of ${[...ports.keys()].join(', ')}`)

const [portName = '', adapter = ''] = name.split('/')
const port = ports.get(portName)
if (!port) fail(`there is no port "${portName}"; there are: ${[...ports.keys()].join(', ')}`)
const folder = path.join(port.folder, adapter)
if (existsSync(folder)) fail(`${path.relative(checkout, folder)} is there already`)
mkdirSync(folder, { recursive: true })
const className = `${pascal(adapter)}${pascal(portName)}`
const file = `${adapter}-${portName}`
write(
  path.join(folder, `${file}.ts`),
  `import type { ${pascal(portName)} } from '../${port.interfaceFile}.ts'\n\n/** ${pascal(adapter)} as a ${pascal(portName)}. Translate every failure of the vendor into the port's own codes. */\nexport function create${className}(): ${pascal(portName)} {\n  throw new Error('${className} keeps no promise yet: implement ${pascal(portName)}, then run its contract suite')\n}\n`,
)
write(
  path.join(folder, `${file}.itest.ts`),
  `import { ${port.suite} } from '../${port.contractFile}.ts'\nimport { create${className} } from './${file}.ts'\n\n// Read the suite's head for what \`make\` must give: an empty ${pascal(portName)} each time.\n${port.suite}('${adapter}', ${makeText(port, className)})\n`,
)
process.stdout.write(
  `Next: implement ${pascal(portName)}, then npx vitest run --project integration ${path.relative(checkout, folder)}, and add it to src/main/adapters.ts\n`,
)

/** What the port's suite takes: a function that makes the thing, or options that hold one. */
function makeText(found: { folder: string; contractFile: string; suite: string }, name: string): string {
  const text = readFileSync(path.join(found.folder, `${found.contractFile}.ts`), 'utf8')
  const make = `async () => create${name}() as never`
  return new RegExp(`function ${found.suite}\\(\\s*name: string,\\s*make:`).test(text) ? make : `{ make: ${make} }`
}

function findPorts(): Map<string, { folder: string; interfaceFile: string; contractFile: string; suite: string }> {
  const found = new Map<string, { folder: string; interfaceFile: string; contractFile: string; suite: string }>()
  const src = path.join(checkout, 'src')
  for (const entry of readdirSync(src, { recursive: true }).map(String)) {
    const contract = /^(.*\/)?([a-z0-9-]+)-contract\.ts$/.exec(entry.split(path.sep).join('/'))
    if (!contract?.[2]) continue
    const folder = path.join(src, contract[1] ?? '')
    found.set(contract[2], { folder, interfaceFile: contract[2], contractFile: `${contract[2]}-contract`, suite: `${camel(contract[2])}Contract` })
  }
  return found
}

function write(target: string, text: string): void {
  writeFileSync(target, text)
  process.stdout.write(`made ${path.relative(checkout, target)}\n`)
}

function pascal(kebab: string): string {
  return kebab
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

function camel(kebab: string): string {
  const whole = pascal(kebab)
  return whole.charAt(0).toLowerCase() + whole.slice(1)
}

function fail(message: string): never {
  process.stderr.write(`new: ${message}\n`)
  process.exit(2)
}
