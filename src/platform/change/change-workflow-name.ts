/**
 * The one workflow. The version is fixed: work that an older release of the code began is carried on by this one. Another sequence of
 * steps is another name, `change@2`, beside this one.
 */
export const CHANGE_WORKFLOW = { name: 'change@1', queue: 'change', version: 'change-1', application: 'fairway' } as const
