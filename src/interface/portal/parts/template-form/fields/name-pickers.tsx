import { Autocomplete, PasswordInput, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { FieldProps } from '@rjsf/utils'
import { useQuery } from '@tanstack/react-query'
import { use } from 'react'
import { api } from '../../../api/client.ts'
import { repositoryQueries } from '../../../api/repository-queries.ts'
import { FormContext } from '../form-context.ts'
import { usePicker } from './picker-props.ts'
import { parseRepoUrl } from './repo-url.ts'

/** A name for something new; says which entities are called so already. */
export function EntityNamePicker(props: FieldProps) {
  const { shared, text, set } = usePicker(props)
  const [settled] = useDebouncedValue(text, 300)
  const same = useQuery({
    queryKey: ['entities', 'named', settled],
    queryFn: ({ signal }) => api.call('entities.list', { query: { filter: [`metadata.name=${settled}`], limit: 3 } }, { signal }),
    enabled: /^[\w.-]+$/.test(settled),
    staleTime: 10_000,
  }).data
  const taken = settled === text && text !== '' ? (same?.items ?? []).filter((each) => each.metadata.name === text) : []
  const said =
    taken.length === 0
      ? ''
      : `Called so already: ${taken.map((each) => `${each.kind} ${each.metadata.namespace ?? 'default'}/${each.metadata.name}`).join(', ')}.`
  return (
    <TextInput
      {...shared}
      description={[shared.description, said].filter(Boolean).join(' ') || undefined}
      value={text}
      onChange={(event) => set(event.currentTarget.value)}
      autoComplete="off"
      spellCheck={false}
    />
  )
}

/** A branch of the repository that the form names in `repoUrl`. */
export function RepoBranchPicker(props: FieldProps) {
  const { shared, text, set } = usePicker(props)
  const { values } = use(FormContext)
  const { owner, repo } = parseRepoUrl(typeof values['repoUrl'] === 'string' ? values['repoUrl'] : '')
  const branches = useQuery({ ...repositoryQueries.branches({ owner, name: repo }), enabled: owner !== '' && repo !== '', retry: false }).data
  return (
    <Autocomplete
      {...shared}
      data={(branches?.items ?? []).map((each) => each.name)}
      limit={30}
      value={text}
      onChange={set}
      autoComplete="off"
      spellCheck={false}
    />
  )
}

/** A text that is sealed until the run ends: the values hold only its stars, and no draft holds it. */
export function SecretField(props: FieldProps) {
  const { shared, set } = usePicker(props)
  const { secrets, onSecret } = use(FormContext)
  return (
    <PasswordInput
      {...shared}
      autoComplete="new-password"
      value={secrets[props.name] ?? ''}
      onChange={(event) => {
        const text = event.currentTarget.value
        onSecret(props.name, text)
        set('*'.repeat(text.length))
      }}
    />
  )
}
