/** What visitors are told. `visits` counts all visits so far, this one included. */
export function greet({ visits }) {
  return visits === 1 ? 'Welcome, you are the first visitor' : `Welcome, you are visitor number ${visits}`
}
