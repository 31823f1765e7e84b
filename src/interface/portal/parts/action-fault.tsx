import { Button } from '@mantine/core'
import { ApiProblem, isUnreachable } from '../api/problem.ts'
import { ShortId } from '../ui/short-id.tsx'
import { Strip } from '../ui/notice.tsx'

interface ActionFaultProps {
  error: unknown
  /** What was asked for, in words that follow "you may not" and "not done:". */
  verb: string
  onRetry?: () => void
}

/** An action that was refused or failed: what happened, who can grant it, the code, and a retry where one could help. */
export function ActionFault({ error, verb, onRetry }: ActionFaultProps) {
  const problem = error instanceof ApiProblem ? error : new ApiProblem({ status: 0, code: 'portal.broken', title: 'This failed', detail: String(error) })
  const canRetry = onRetry !== undefined && (problem.status === 0 || problem.status === 429 || problem.status >= 500)
  return (
    <Strip tone="red" isAlert>
      <div>
        <strong>{problem.status === 403 ? `You may not ${verb}.` : `Not done: ${verb}.`}</strong> {wordsFor(problem)}{' '}
        <span className="dim">
          Code <code>{problem.code}</code>
          {problem.requestId === '' ? null : (
            <>
              , request <ShortId id={problem.requestId} label="request id" />
            </>
          )}
        </span>
        {canRetry ? (
          <div style={{ marginTop: 8 }}>
            <Button variant="default" size="compact-sm" onClick={onRetry}>
              Try again
            </Button>
          </div>
        ) : null}
      </div>
    </Strip>
  )
}

function wordsFor(problem: ApiProblem): string {
  if (isUnreachable(problem)) return 'The platform does not answer; nothing that you typed is lost.'
  const said = problem.message.endsWith('.') ? problem.message : `${problem.message}.`
  return problem.status === 403 ? `${said} A platform administrator can grant it; give them the code and the request.` : said
}
