// Makes dist/: the pages in public/, ready to be served, and the server. With --serve, serves them.
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'

/** Parts that pages take in; no pages themselves. */
const PARTS = new Set(['header.html', 'footer.html'])
/** Named by others, so they keep their names. */
const FIXED = /\.html$|^robots\.txt$|^icon\.svg$/
const COMPRESSIBLE = /\.(css|html|js|json|mjs|svg|txt|webmanifest|xml)$/

/** Builds the folder `source` into `target`. @returns the addresses of the pages. @throws for a link that leads nowhere. */
export async function buildSite({ source, target, site, version }) {
  const names = (await readdir(source, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(source, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort()
  const assets = new Map()
  for (const name of names.filter((candidate) => !candidate.endsWith('.html'))) {
    const content = await readFile(path.join(source, name))
    const at = FIXED.test(name) ? name : hashed(name, content)
    assets.set(`/${name}`, `/${at}`)
    await write(path.join(target, at), content)
  }
  const pages = names.filter((name) => name.endsWith('.html') && !PARTS.has(name))
  const addresses = pages.map(addressOf)
  const broken = []
  for (const name of pages) {
    const html = fill(await withParts(source, name), { ...site, version })
    const linked = html.replaceAll(/\b(href|src)="(\/[^"#?]*)/g, (whole, attribute, to) => {
      if (!assets.has(to) && !addresses.includes(to)) broken.push(`${name}: there is nothing at "${to}"`)
      return `${attribute}="${assets.get(to) ?? to}`
    })
    await write(path.join(target, name), linked)
  }
  if (broken.length > 0) throw new Error(broken.join('\n'))
  const listed = addresses.filter((address) => address !== '/404')
  const urls = listed.map((address) => `  <url><loc>${escaped(site.address + address)}</loc></url>\n`).join('')
  await write(path.join(target, 'sitemap.xml'), `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls}</urlset>\n`)
  return listed
}

/** `guide/index.html` is `/guide/`, `about.html` is `/about`. */
export function addressOf(name) {
  return `/${name.replace(/(^|\/)index\.html$/, '$1').replace(/\.html$/, '')}`
}

/** Puts texts where their names stand. An unknown name is a mistake. */
export function fill(html, texts) {
  return html.replaceAll(/\{\{(\w+)\}\}/g, (whole, name) => {
    if (!Object.hasOwn(texts, name)) throw new Error(`nothing is called "${name}": site.json knows ${Object.keys(texts).join(', ')}`)
    return escaped(String(texts[name]))
  })
}

async function withParts(source, name) {
  const html = await readFile(path.join(source, name), 'utf8')
  const parts = new Map(await Promise.all([...PARTS].map(async (part) => [part, await readFile(path.join(source, part), 'utf8').catch(() => '')])))
  return html.replaceAll(/<!-- include ([\w.-]+) -->\n?/g, (whole, part) => {
    if (!parts.has(part)) throw new Error(`${name}: there is no part "${part}"`)
    return parts.get(part)
  })
}

function hashed(name, content) {
  const { dir, name: stem, ext } = path.posix.parse(name)
  return path.posix.join(dir, `${stem}.${createHash('sha256').update(content).digest('hex').slice(0, 8)}${ext}`)
}

async function write(file, content) {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, content)
  if (!COMPRESSIBLE.test(file)) return
  await writeFile(`${file}.br`, await promisify(brotliCompress)(content))
  await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }))
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const { version } = JSON.parse(await readFile('package.json', 'utf8'))
  const site = JSON.parse(await readFile('site.json', 'utf8'))
  await rm('dist', { recursive: true, force: true })
  const pages = await buildSite({ source: 'site', target: 'dist/public', site, version: `${version}+${(process.env.GITHUB_SHA ?? 'local').slice(0, 7)}` })
  await cp('server', 'dist/server', { recursive: true })
  await writeFile('dist/package.json', '{ "private": true, "type": "module" }\n')
  process.stdout.write(`${pages.length} pages\n`)
  if (process.argv.includes('--serve')) await import(path.resolve('dist/server/main.js'))
}
