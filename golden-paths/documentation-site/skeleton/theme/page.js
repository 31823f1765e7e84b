/** One page of the site. Texts come escaped, `content` as HTML. */
export function pageHtml({ site, page, nav, toc, content, previous, next, version, root }) {
  const toTitle = page.title === site.title ? site.title : `${page.title} · ${site.title}`
  const step = (label, to) => (to ? `<a rel="${label}" href="${to.href}"><small>${label}</small> ${to.title}</a>` : '<span></span>')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${toTitle}</title>
<meta name="description" content="${site.description}">
<link rel="stylesheet" href="${root}theme.css">
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header><a class="name" href="${root}">${site.title}</a>
<search><input id="query" type="search" placeholder="Search" aria-label="Search the site" data-root="${root}"><ol id="found" hidden></ol></search></header>
<nav aria-label="Pages">${nav}</nav>
<main id="content">
${content}
<footer><nav aria-label="Before and after">${step('previous', previous)}${step('next', next)}</nav><small>Version ${version}</small></footer>
</main>
<aside aria-label="On this page">${toc}</aside>
<script type="module" src="${root}search.js"></script>
</body>
</html>
`
}
