import pc from 'picocolors'
import { durationText } from '../cli/terminal.ts'

/** Tells a reader how far the walk is. Every step is opened once and closed once. */
export interface WalkProgress {
  begin(step: string, title: string): void
  /** What goes on inside the open step; may come often. */
  detail(message: string): void
  end(outcome: 'done' | 'already' | 'failed', message: string): void
}

/** One JSON line for each beginning, detail and end: for scripts. */
export function jsonProgress(write: (line: string) => void): WalkProgress {
  let step = ''
  let last = ''
  const say = (fields: Record<string, unknown>): void => write(JSON.stringify({ step, ...fields }))
  return {
    begin: (name, title) => {
      step = name
      last = ''
      say({ state: 'running', message: title })
    },
    detail: (message) => {
      if (message !== last) say({ state: 'running', message })
      last = message
    },
    end: (outcome, message) => say({ state: outcome, message }),
  }
}

/** Lines for a person. On a terminal the open step is one line that changes in place. */
export function terminalProgress(options: { write: (text: string) => void; isInteractive: boolean; width: number; now: () => number }): WalkProgress {
  let title = ''
  let startedAt = 0
  const redraw = (message: string): void => {
    if (!options.isInteractive) return
    const line = `  ${pc.blue('…')} ${title}${message === '' ? '' : pc.dim(`  ${message}`)}`
    options.write(`\r\u001B[2K${line.slice(0, options.width + 18)}`)
  }
  return {
    begin: (_step, text) => {
      title = text
      startedAt = options.now()
      redraw('')
    },
    detail: redraw,
    end: (outcome, message) => {
      const sign = outcome === 'failed' ? pc.red('✗') : outcome === 'already' ? pc.dim('=') : pc.green('✓')
      const took = outcome === 'already' ? '' : pc.dim(`  ${durationText((options.now() - startedAt) / 1000)}`)
      options.write(`${options.isInteractive ? '\r\u001B[2K' : ''}  ${sign} ${title}${message === '' ? '' : pc.dim(`  ${message}`)}${took}\n`)
    },
  }
}
