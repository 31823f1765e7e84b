/** Which cached answers an event makes old: first members of query keys, by the kind in the event's subject. */
const byKind: Record<string, readonly string[]> = {
  change: ['changes', 'environments', 'campaigns'],
  deployment: ['environments', 'workloads', 'releases', 'changes'],
  workload: ['environments', 'workloads'],
  route: ['environments'],
  environment: ['environments'],
  run: ['runs', 'pullRequests'],
  job: ['runs'],
  pipeline_run: ['runs'],
  release: ['releases', 'runs', 'environments'],
  artifact: ['artifacts', 'releases'],
  entity: ['entities', 'templates', 'environments'],
  catalog: ['entities', 'templates', 'environments'],
  location: ['entities', 'locations', 'templates', 'environments'],
  source: ['entities', 'templates', 'environments'],
  view: ['views'],
  repository: ['entities', 'files', 'repositories'],
  'pull-request': ['pullRequests', 'campaigns'],
  resource: ['resources'],
  slo: ['slos'],
  token: ['tokens'],
  account: ['cloud'],
}

/**
 * Topics to refresh after an event about `subject` (`change/chg_…`, `run/run_…`, `component:default/orders`).
 * Every event also is a line of the activity list.
 */
export function topicsOf(subject: string): readonly string[] {
  const kind = subject.split(/[/:]/, 1)[0]?.toLowerCase() ?? ''
  const isEntityRef = /^[a-z]+:[^/]+\/.+$/i.test(subject)
  return ['events', ...(byKind[kind] ?? (isEntityRef ? byKind['entity'] : undefined) ?? [])]
}
