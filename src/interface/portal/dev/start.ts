/// <reference types="node" />
import { startDevServer } from './server.ts'
import { World } from './world.ts'

// node src/interface/portal/dev/start.ts [--empty] [--many]: the built portal on http://127.0.0.1:7107 over an invented platform.
const root = process.env['PORTAL_DIST'] ?? new URL('../../../../dist/portal', import.meta.url).pathname
const world = new World({ isEmpty: process.argv.includes('--empty'), entityCount: process.argv.includes('--many') ? 20_000 : 60 })
const server = await startDevServer({ world, root, port: 7107 })
console.log(`Portal over an invented platform: ${server.url}`)
