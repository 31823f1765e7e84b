import type { Json, OutputOf } from '#contract'
import type { Look } from '../../ui/looks.ts'

export type Creation = OutputOf<'creations.get'>
type Status = Creation['status'] | 'waiting'

/** A step of a golden path's run, with what it said. */
export interface RunStep {
  id: string
  name: string
  action: string
  status: Status
  lines: string[]
}

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g')

/** Steps of the last attempt, from its plan and what happened; steps that were not come to yet are open. Pure. */
export function runSteps(details: Record<string, Json> | undefined, events: Creation['events']): RunStep[] {
  const own = events.slice(events.findLastIndex((event) => event.type === 'recovered') + 1)
  return stepsOf(details).map(({ id, name, action }) => {
    const said = own.filter((event) => event.body.stepId === id)
    const lines = said.filter((event) => event.body.status === undefined || event.body.status === 'failed').map((event) => plainText(event.body.message))
    const status = said.findLast((event) => event.body.status !== undefined)?.body.status ?? 'open'
    const isWaiting = status === 'processing' && lines.at(-1)?.includes('Waiting until people agree') === true
    return { id, name, action, status: isWaiting ? 'waiting' : status, lines }
  })
}

/** What was said that belongs to no step, e.g. why the run ended. */
export function runNotes(events: Creation['events']): string[] {
  return events.filter((event) => event.body.stepId === undefined && event.type === 'log').map((event) => plainText(event.body.message))
}

/** A line as people read it: without colours, and without the word `info` before it. */
function plainText(message: string): string {
  return message.replaceAll(COLOURS, '').replace(/^info: /, '')
}

const looks: Record<Status, Look> = {
  open: { tone: 'grey', shape: 'ring', word: 'Not yet' },
  processing: { tone: 'blue', shape: 'arc', word: 'Running' },
  waiting: { tone: 'purple', shape: 'person', word: 'Waits for approval' },
  completed: { tone: 'green', shape: 'check', word: 'Done' },
  failed: { tone: 'red', shape: 'cross', word: 'Failed' },
  cancelled: { tone: 'grey', shape: 'dash', word: 'Cancelled' },
  skipped: { tone: 'grey', shape: 'dash', word: 'Skipped' },
}

export function runStepLook(status: Status): Look {
  return looks[status]
}

interface OutputLink {
  title: string
  /** An address in the portal or outside; undefined leads nowhere. */
  href: string | undefined
  entityRef: string | undefined
}

/** Links and texts that a template gives at its end (`spec.output`); what is not shaped so is left out. */
export function runOutput(output: Record<string, Json>): { links: OutputLink[]; texts: { title: string; content: string }[] } {
  return {
    links: listOf(output['links']).map((link) => ({
      title: textOf(link['title']) ?? textOf(link['url']) ?? textOf(link['entityRef']) ?? 'Open',
      href: safeAddress(textOf(link['url'])),
      entityRef: textOf(link['entityRef']),
    })),
    texts: listOf(output['text']).map((text) => ({ title: textOf(text['title']) ?? '', content: textOf(text['content']) ?? '' })),
  }
}

/** Only addresses that a browser opens as a page. */
function safeAddress(url: string | undefined): string | undefined {
  return url !== undefined && /^(?:https?:\/\/|\/(?!\/))/i.test(url) ? url : undefined
}

function stepsOf(details: Record<string, Json> | undefined): { id: string; name: string; action: string }[] {
  return listOf(details?.['steps']).map((step) => ({ id: textOf(step['id']) ?? '', name: textOf(step['name']) ?? '', action: textOf(step['action']) ?? '' }))
}

function listOf(value: Json | undefined): Record<string, Json>[] {
  return Array.isArray(value) ? value.filter((each): each is Record<string, Json> => typeof each === 'object' && each !== null && !Array.isArray(each)) : []
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
