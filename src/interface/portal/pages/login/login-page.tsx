import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import { ApiProblem } from '../../api/problem.ts'
import { Brand } from '../../app/brand.tsx'
import { forgetAnswers } from '../../app/query-client.ts'
import { Strip } from '../../ui/notice.tsx'
import css from './login.module.css'

const route = getRouteApi('/login')

/** Only an address of this portal is gone to after signing in. */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : '/'
}

/** Signs in by a one-time code, from the link's address or typed. */
export function LoginPage() {
  const { code, next } = route.useSearch()
  const router = useRouter()
  const client = useQueryClient()
  const [typed, setTyped] = useState('')
  const tried = useRef<string>(undefined)
  const signIn = useMutation({
    mutationFn: (wanted: string) => api.call('session.create', { body: { code: wanted } }),
    onSuccess: () => {
      client.clear()
      forgetAnswers()
      router.history.replace(safeNext(next))
    },
  })
  const provider = useQuery({ queryKey: ['oidc'], queryFn: () => api.call('oidc.get', {}), staleTime: Number.POSITIVE_INFINITY })
  const { mutate } = signIn
  useEffect(() => {
    document.title = 'Sign in · Fairway'
    if (code === undefined || tried.current === code) return
    tried.current = code
    mutate(code)
  }, [code, mutate])
  return (
    <main className={css['page']}>
      <div className={css['box']}>
        <Brand />
        <h1 className={css['title']}>Sign in</h1>
        {signIn.error === null ? null : (
          <Strip tone="red" isAlert>
            {explain(signIn.error)}
          </Strip>
        )}
        {signIn.isPending ? (
          <p role="status">Signing you in</p>
        ) : (
          <>
            {provider.data?.isEnabled === true ? (
              <Button component="a" href={`/api/v1/oidc/login?returnTo=${encodeURIComponent(safeNext(next))}`} fullWidth>
                Sign in with {hostOf(provider.data.issuer)}
              </Button>
            ) : null}
            <p className="dim">
              {next === undefined
                ? 'Fairway signs people in by a link that works once.'
                : 'Your session has ended. Sign in again, and you are back where you were.'}{' '}
              Whoever runs the platform makes one:
            </p>
            <pre className={css['command']}>npx fairway login-link user:default/NAME</pre>
            <form
              className={css['form']}
              onSubmit={(event) => {
                event.preventDefault()
                if (typed.trim() !== '') mutate(codeIn(typed))
              }}
            >
              <TextInput label="Link or code" value={typed} autoComplete="off" spellCheck={false} onChange={(event) => setTyped(event.currentTarget.value)} />
              <Button type="submit" fullWidth variant={provider.data?.isEnabled === true ? 'default' : 'filled'}>
                Sign in
              </Button>
            </form>
          </>
        )}
      </div>
    </main>
  )
}

function codeIn(typed: string): string {
  try {
    return new URL(typed.trim()).searchParams.get('code') ?? typed.trim()
  } catch {
    return typed.trim()
  }
}

function explain(error: unknown): string {
  if (!(error instanceof ApiProblem)) return String(error)
  if (error.status === 0) return error.message
  if (error.status >= 500) return `${error.message} (${error.code}, request ${error.requestId || 'unknown'})`
  return `${error.message} A link works once and for 15 minutes; ask for a new one.`
}

/** What people call their identity provider: the host of its address. */
function hostOf(issuer: string | null): string {
  return issuer !== null && URL.canParse(issuer) ? new URL(issuer).hostname : 'your organisation'
}
