import css from './component.module.css'

const sections = [
  ['environments', 'Environments'],
  ['changes', 'Changes'],
  ['pipelines', 'Pipelines'],
  ['releases', 'Releases'],
  ['slos', 'Objectives'],
  ['signals', 'Signals'],
  ['resources', 'Resources'],
  ['dependencies', 'Dependencies'],
  ['docs', 'Docs'],
  ['readme', 'Read me'],
  ['about', 'About'],
  ['history', 'History'],
] as const

/** The page's sections, at the right where there is room. */
export function SectionNav() {
  return (
    <nav className={css['nav']} aria-label="Sections of this page">
      {sections.map(([id, title]) => (
        <a key={id} href={`#${id}`}>
          {title}
        </a>
      ))}
    </nav>
  )
}
