import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { ApiProblem, isUnreachable } from '../api/problem.ts'
import type { Tone } from '../app/theme.ts'
import css from './notice.module.css'
import { ShortId } from './short-id.tsx'
import { toneClass } from './state-mark.tsx'

/** Where nothing is: what would be here, and the one thing to do about it. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={css['empty']}>
      <p className={css['title']}>{title}</p>
      {children === undefined ? null : <div className={css['text']}>{children}</div>}
      {action === undefined ? null : <div className={css['row']}>{action}</div>}
    </div>
  )
}

/** A line across, in a state's colour: something that goes for all that is below it. */
export function Strip({ tone, children, isAlert = false }: { tone: Tone; children: ReactNode; isAlert?: boolean }) {
  return (
    <div className={`${css['strip']} ${toneClass(tone)}`} role={isAlert ? 'alert' : 'status'}>
      {children}
    </div>
  )
}

/** A failed load in place of what it would have shown: what happened, the code, the request, a retry that does something. */
export function FaultNotice({ error, what, onRetry }: { error: unknown; what: string; onRetry?: (() => void) | undefined }) {
  const problem = error instanceof ApiProblem ? error : new ApiProblem({ status: 0, code: 'portal.broken', title: 'This part failed', detail: String(error) })
  const { title, text } = wordsFor(problem, what)
  const canRetry = problem.status !== 403 && problem.status !== 404 && problem.status !== 410
  return (
    <div className={css['empty']} role="alert">
      <p className={css['title']}>{title}</p>
      <p className={css['text']}>{text}</p>
      <p className={css['facts']}>
        <span>
          Code <code>{problem.code}</code>
        </span>
        {problem.requestId === '' ? null : (
          <span>
            Request <ShortId id={problem.requestId} label="request id" />
          </span>
        )}
      </p>
      {canRetry && onRetry !== undefined ? (
        <div className={css['row']}>
          <Button variant="default" onClick={onRetry}>
            Load again
          </Button>
        </div>
      ) : null}
    </div>
  )
}

function wordsFor(problem: ApiProblem, what: string): { title: string; text: string } {
  if (isUnreachable(problem)) return { title: `No connection, so no ${what}`, text: 'The platform does not answer. This page loads by itself when it is back.' }
  if (problem.status === 403)
    return { title: `You may not see ${what}`, text: `${problem.message}. A platform administrator can grant it; give them the code and the request below.` }
  if (problem.status === 404 || problem.status === 410)
    return { title: `There is no such ${what}`, text: `${problem.message}. It may have been removed, or the address is mistyped.` }
  return { title: `Not loaded: ${what}`, text: problem.message }
}
