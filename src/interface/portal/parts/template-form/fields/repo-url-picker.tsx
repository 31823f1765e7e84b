import { Autocomplete, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { FieldProps } from '@rjsf/utils'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { ApiProblem } from '../../../api/problem.ts'
import css from '../template-form.module.css'
import { textsOf, usePicker } from './picker-props.ts'
import { formatRepoUrl, parseRepoUrl, type RepoUrl } from './repo-url.ts'

/** What the built-in Git host is called in repository addresses. */
const BUILT_IN = 'fairway'

/** Host, owner and name of a repository; on the built-in host it says whether the name is free. */
export function RepoUrlPicker(props: FieldProps) {
  const { shared, options, text, set } = usePicker(props)
  const hosts =
    useQuery({ queryKey: ['gitHosts'], queryFn: ({ signal }) => api.call('gitHosts.list', {}, { signal }), staleTime: 300_000, retry: false }).data?.items ?? []
  const known = hosts.map((each) => (each.type === 'fairway' ? BUILT_IN : hostOf(each.url)))
  const allowed = textsOf(options['allowedHosts'])
  const offered = allowed.length > 0 ? allowed : [...new Set([BUILT_IN, ...known])]
  const parts = parseRepoUrl(text)
  const host = parts.host === '' ? (offered[0] ?? BUILT_IN) : parts.host
  const owners = textsOf(options['allowedOwners'] ?? options['allowedOrganizations'])
  const found = hosts.find((each) => (each.type === 'fairway' ? BUILT_IN : hostOf(each.url)) === host)
  const isAzure = found?.type === 'azure'
  const now: RepoUrl = { ...parts, host, owner: parts.owner === '' && parts.repo === '' && owners.length > 0 ? (owners[0] ?? '') : parts.owner }
  const put = (over: Partial<RepoUrl>): void => set(formatRepoUrl({ ...now, ...over }))
  const isFree = useIsFree(now, host === BUILT_IN || found?.type === 'fairway')
  const ownerId = `${shared.id}-owner`
  const { label, description, error, id, required, disabled, onBlur } = shared
  return (
    <div role="group" aria-label={label} className={css['pair']}>
      {offered.length > 1 ? (
        <Select
          className={css['wide'] ?? ''}
          label="Git host"
          id={`${id}-host`}
          data={offered}
          value={host}
          disabled={disabled}
          allowDeselect={false}
          onChange={(next) => put({ host: next ?? host })}
        />
      ) : null}
      {isAzure ? (
        <>
          <TextInput
            label="Organization"
            value={now.organization ?? ''}
            disabled={disabled}
            onChange={(event) => put({ organization: event.currentTarget.value })}
          />
          <TextInput label="Project" value={now.project ?? ''} disabled={disabled} onChange={(event) => put({ project: event.currentTarget.value })} />
        </>
      ) : owners.length > 0 ? (
        <Select
          label="Repository owner"
          id={ownerId}
          data={owners}
          value={now.owner}
          disabled={disabled}
          allowDeselect={false}
          onChange={(next) => put({ owner: next ?? '' })}
        />
      ) : (
        <Autocomplete
          label="Repository owner"
          id={ownerId}
          data={found?.organisations ?? []}
          value={now.owner}
          required={required}
          disabled={disabled}
          onBlur={onBlur}
          onChange={(owner) => put({ owner })}
          autoComplete="off"
        />
      )}
      <TextInput
        label="Repository name"
        id={id}
        value={now.repo}
        required={required}
        disabled={disabled}
        error={error}
        onBlur={onBlur}
        onChange={(event) => put({ repo: event.currentTarget.value })}
        autoComplete="off"
        spellCheck={false}
      />
      <p className={`${css['help']} ${css['wide']}`} role="status">
        {[description, isFree].filter(Boolean).join(' ')}
      </p>
    </div>
  )
}

function useIsFree({ owner, repo }: RepoUrl, isBuiltIn: boolean): string | undefined {
  const [name] = useDebouncedValue(`${owner}/${repo}`, 300)
  const isAsked = isBuiltIn && owner !== '' && repo !== '' && name === `${owner}/${repo}`
  const answer = useQuery({
    queryKey: ['repositories', 'exists', name],
    queryFn: async ({ signal }) => {
      try {
        const [at = '', called = ''] = name.split('/')
        await api.call('repositories.get', { params: { owner: at, name: called } }, { signal })
        return true
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return false
        throw error
      }
    },
    enabled: isAsked && /^[\w.-]+\/[\w.-]+$/.test(name),
    staleTime: 10_000,
    retry: false,
  }).data
  if (!isAsked || answer === undefined) return undefined
  return answer ? `There is a repository ${name} already.` : `${name} is free.`
}

function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return url
  }
}
