import type { IncomingMessage, ServerResponse } from 'node:http'
import { toProblem, type Fault } from '#kernel/common/fault'
import { newId } from '#kernel/common/id'

/** Answers a request that no replica can: a small page for browsers, a problem document for everybody else. Names nothing but what was asked for. */
export function answerFault(incoming: IncomingMessage, response: ServerResponse, fault: Fault): void {
  if (response.headersSent) {
    response.destroy() // the answer is under way: cutting it is the only way left to say that it is not whole
    return
  }
  const problem = toProblem(fault, newId('req'))
  const isPage = /\btext\/html\b/.test(incoming.headers.accept ?? '')
  const body = isPage ? pageOf(problem.status, problem.title, problem.detail) : JSON.stringify(problem)
  response.writeHead(problem.status, {
    'content-type': isPage ? 'text/html; charset=utf-8' : 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(fault.retry === 'no' ? {} : { 'retry-after': '5' }),
    ...(problem.status === 413 ? { connection: 'close' } : {}),
  })
  response.end(incoming.method === 'HEAD' ? undefined : body)
}

function pageOf(status: number, title: string, detail: string): string {
  const style = 'body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:20vh auto;padding:0 1.5rem;color-scheme:light dark}small{opacity:.6}'
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style><h1>${escapeHtml(title)}</h1><p>${escapeHtml(detail)}.</p><small>${status}</small></html>`
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}
