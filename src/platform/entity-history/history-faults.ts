import { faults } from '#kernel/common/fault'

export const historyFaults = faults('platform.entity_history', {
  bad_cursor: { status: 400, title: 'Bad cursor', retry: 'no', detail: () => 'this cursor is not one that the history gave' },
  too_many_streams: {
    status: 429,
    title: 'Too many live lists',
    retry: 'backoff',
    detail: () => 'too many lists are followed at once; narrow the filter, close a page, or try again later',
  },
})
