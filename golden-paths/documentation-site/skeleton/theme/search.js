/** Pages that have every word, those with a word in the title first. */
export function search(pages, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  return pages
    .map((page) => ({ page, title: page.title.toLowerCase(), text: page.text.toLowerCase() }))
    .filter(({ title, text }) => words.every((word) => title.includes(word) || text.includes(word)))
    .map(({ page, title }) => ({ page, score: words.filter((word) => title.includes(word)).length }))
    .sort((a, b) => b.score - a.score)
    .slice(0, 10)
    .map(({ page }) => page)
}

if (globalThis.document) {
  const input = document.querySelector('#query')
  const list = document.querySelector('#found')
  const root = input.dataset.root
  let pages
  input.addEventListener('input', async () => {
    pages ??= fetch(`${root}search.json`).then((response) => response.json())
    const found = search(await pages, input.value)
    list.replaceChildren(
      ...found.map((page) => {
        const link = document.createElement('a')
        link.href = root + page.href
        link.textContent = page.title
        const item = document.createElement('li')
        item.append(link)
        return item
      }),
    )
    list.hidden = found.length === 0
  })
}
