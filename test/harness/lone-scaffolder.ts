import type { ScaffolderDeps } from '#platform/scaffolder'

/** What a scaffolder of a test has instead of a keyring and a log: secrets lie open, and nothing is ever told. */
export const alone: Pick<ScaffolderDeps, 'sealing' | 'follow'> = {
  sealing: { seal: (value) => value, open: (sealed) => sealed },
  // oxlint-disable-next-line require-yield -- a log in which nothing happens
  follow: async function* ({ signal }) {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  },
}
