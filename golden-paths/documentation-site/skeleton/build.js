// Makes dist/: the pages of docs/ as a site in public/, and the server. With --serve, serves them.
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Marked } from 'marked'
import { parse } from 'yaml'
import { pageHtml } from './theme/page.js'

/** Builds the site of a folder of Markdown. @throws with every link that leads nowhere, and every page that is in no navigation. */
export async function buildDocs({ source, config, target, theme, version }) {
  const settings = parse(config)
  const site = { title: escaped(String(settings.site_name)), description: escaped(String(settings.site_description ?? '')) }
  const files = (await readdir(source, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(source, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort()
  const tree = readNav(settings.nav)
  const order = pagesOf(tree)
  const problems = files.filter((file) => file.endsWith('.md') && !order.includes(file)).map((file) => `${file} is in no navigation`)
  problems.push(...order.filter((file) => !files.includes(file)).map((file) => `mkdocs.yml names "${file}", which is not there`))
  const pages = new Map()
  for (const file of order.filter((candidate) => files.includes(candidate))) pages.set(file, render(file, await readFile(path.join(source, file), 'utf8')))
  for (const [file, page] of pages)
    for (const { href, to, anchor } of page.links) {
      const goal = pages.get(to)
      if (!files.includes(to) || (anchor !== '' && goal && !goal.headings.some((heading) => heading.id === anchor))) problems.push(`${file}: the link "${href}" leads nowhere`)
    }
  if (problems.length > 0) throw new Error(problems.join('\n'))

  const listed = [...pages.values()]
  for (const [index, page] of listed.entries()) {
    const root = '../'.repeat(page.href.split('/').length - 1) || './'
    const step = (other) => other && { title: other.title, href: root + other.href }
    const html = pageHtml({
      site, page, version, root, content: page.html,
      nav: navHtml(tree, pages, page, root),
      toc: tocHtml(page.headings),
      previous: step(listed[index - 1]),
      next: step(listed[index + 1]),
    })
    await write(path.join(target, page.href, 'index.html'), html)
  }
  for (const file of files.filter((candidate) => !candidate.endsWith('.md'))) await write(path.join(target, file), await readFile(path.join(source, file)))
  for (const file of ['theme.css', 'search.js']) await write(path.join(target, file), await readFile(path.join(theme, file)))
  await write(path.join(target, 'search.json'), JSON.stringify(listed.map(({ href, plainTitle, text }) => ({ href, title: plainTitle, text }))))
  return listed.map((page) => page.href)
}

/** `nav` of MkDocs: files, titles with files, titles with more of the same. */
export function readNav(nav) {
  return (nav ?? []).flatMap((item) => {
    if (typeof item === 'string') return [{ file: item }]
    return Object.entries(item).map(([title, below]) => (Array.isArray(below) ? { title, children: readNav(below) } : { title, file: String(below) }))
  })
}

const pagesOf = (tree) => tree.flatMap((item) => (item.children ? pagesOf(item.children) : [item.file]))

/** Where a page is: `index.md` at the root, `guides/on-call.md` at `guides/on-call/`. */
export function hrefOf(file) {
  return file.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '/')
}

function render(file, markdown) {
  const headings = []
  const links = []
  const marked = new Marked({ gfm: true })
  const own = hrefOf(file)
  /** A link as it is written leads to a file; in the site, to its page. */
  const resolve = (href) => {
    if (/^([a-z][a-z0-9+.-]*:|#|\/)/i.test(href)) {
      if (href.startsWith('#')) links.push({ href, to: file, anchor: href.slice(1) })
      return /^(https?:|mailto:|#|\/)/i.test(href) ? href : '#'
    }
    const [name, anchor = ''] = href.split('#')
    const to = path.posix.join(path.posix.dirname(file), decodeURIComponent(name))
    links.push({ href, to, anchor })
    const up = '../'.repeat(own.split('/').length - 1)
    return `${up}${to.endsWith('.md') ? hrefOf(to) : to}${anchor === '' ? '' : `#${anchor}`}` || './'
  }
  marked.use({
    renderer: {
      heading({ tokens, depth, text }) {
        const base = text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '')
        const same = headings.filter((heading) => heading.base === base).length
        const id = same === 0 ? base : `${base}-${same}`
        headings.push({ depth, id, base, html: this.parser.parseInline(tokens), text })
        return `<h${depth} id="${escaped(id)}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
      // What people write is text: a page has no scripts of its own.
      html: ({ text }) => escaped(text),
    },
    walkTokens(token) {
      if (token.type === 'link' || token.type === 'image') token.href = resolve(token.href)
    },
  })
  const html = marked.parse(markdown)
  const first = headings.find((heading) => heading.depth === 1)
  return {
    href: own, html, headings, links,
    title: first?.html ?? escaped(file),
    plainTitle: first?.text ?? file,
    text: html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ').trim(),
  }
}

function navHtml(tree, pages, current, root) {
  const items = tree.map((item) => {
    if (item.children) return `<li>${escaped(item.title)}${navHtml(item.children, pages, current, root)}</li>`
    const page = pages.get(item.file)
    return `<li><a href="${root + page.href}"${page === current ? ' aria-current="page"' : ''}>${item.title ? escaped(item.title) : page.title}</a></li>`
  })
  return `<ul>${items.join('')}</ul>`
}

function tocHtml(headings) {
  const inner = headings.filter((heading) => heading.depth === 2 || heading.depth === 3)
  return inner.length < 2 ? '' : `<ul>${inner.map((heading) => `<li><a href="#${escaped(heading.id)}">${heading.html}</a></li>`).join('')}</ul>`
}

async function write(file, content) {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, content)
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const manifest = JSON.parse(await readFile('package.json', 'utf8'))
  const version = `${manifest.version}+${(process.env.GITHUB_SHA ?? 'local').slice(0, 7)}`
  await rm('dist', { recursive: true, force: true })
  const pages = await buildDocs({ source: 'docs', config: await readFile('mkdocs.yml', 'utf8'), target: 'dist/public', theme: 'theme', version })
  await cp('server', 'dist/server', { recursive: true })
  await writeFile('dist/package.json', '{ "private": true, "type": "module" }\n')
  process.stdout.write(`${pages.length} pages\n`)
  if (process.argv.includes('--serve')) await import(path.resolve('dist/server/main.js'))
}
