import { faults } from '#kernel/common/fault'

export const catalogFaults = faults('platform.catalog', {
  not_found: { status: 404, title: 'No such entity', retry: 'no', detail: (d: { ref: string }) => `there is no entity "${d.ref}" in the catalog` },
  no_entity: { status: 404, title: 'No such entity', retry: 'no', detail: (d: { what: string }) => d.what },
  location_not_found: { status: 404, title: 'No such location', retry: 'no', detail: (d: { id: string }) => `there is no location "${d.id}"` },
  bad_query: { status: 400, title: 'Bad catalog query', retry: 'no', detail: (d: { what: string }) => d.what },
  bad_ref: { status: 400, title: 'Bad entity ref', retry: 'no', detail: (d: { ref: string }) => `"${d.ref}" is no entity ref: write kind:namespace/name` },
  invalid: {
    status: 422,
    title: 'Descriptor is wrong',
    retry: 'no',
    detail: (d: { where: string; count: number }) => `${d.where} has ${d.count} ${d.count === 1 ? 'fault' : 'faults'}; see errors`,
  },
})
