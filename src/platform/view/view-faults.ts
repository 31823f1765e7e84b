import { faults } from '#kernel/common/fault'

/** What can be wrong with saved views. */
export const viewFaults = faults('platform.view', {
  not_found: { status: 404, title: 'No such view', retry: 'no', detail: (d: { id: string }) => `there is no view "${d.id}"` },
  name_taken: {
    status: 409,
    title: 'Name taken',
    retry: 'no',
    detail: (d: { name: string }) => `you have a view called "${d.name}" already: choose another name, or alter that one`,
  },
  too_many: { status: 409, title: 'Too many views', retry: 'no', detail: (d: { limit: number }) => `you have ${d.limit} views already: delete one first` },
})
