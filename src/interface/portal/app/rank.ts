/** One line of the palette. */
export interface Command {
  id: string
  title: string
  /** Its key, shown at the right; empty when it has none. */
  keys: string
  /** More words that find it. */
  words: string
  run: () => void
}

/**
 * The commands that a text finds, best first: by the start of the title, by the start of a word, then by letters in order.
 * An empty text keeps the given order. At most `limit`.
 */
export function rankCommands(commands: readonly Command[], text: string, limit = 20): Command[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return commands.slice(0, limit)
  return commands
    .map((command) => ({ command, score: scoreOf(`${command.title} ${command.words}`.toLowerCase(), wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ command }) => command)
}

function scoreOf(text: string, wanted: string): number {
  if (text.startsWith(wanted)) return 4
  if (text.includes(` ${wanted}`)) return 3
  const parts = wanted.split(/\s+/)
  if (parts.every((part) => text.includes(part))) return 2
  let at = 0
  for (const letter of wanted.replaceAll(' ', '')) {
    at = text.indexOf(letter, at) + 1
    if (at === 0) return 0
  }
  return wanted.length > 2 ? 0.5 : 0
}
