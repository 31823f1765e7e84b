import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Secret } from '#kernel/common/secret'
import { terraformFaults } from './terraform-faults.ts'
import { runTofu, type TofuResult } from './tofu-command.ts'
import { errorText, readStreamLine, type StreamEvent } from './tofu-stream.ts'

/** The platform's own state backend, as one run reaches it. */
export interface StateAccess {
  /** Address of a state, and a short-lived token that reaches this one alone. */
  open(name: string): Promise<{ address: string; token: Secret; credentialId: string }>
  /** Ends a token, and so frees a lock that its run left behind. Of an ended one it is a success. */
  close(credentialId: string): Promise<void>
  /** Where a state stands; undefined when there is none. */
  head(name: string): Promise<{ lineage: string | null; serial: number | null } | undefined>
  /** Of an absent state it is a success. */
  remove(name: string): Promise<void>
}

export interface TofuSession {
  /** Runs one command; errors become a fault. @throws `provisioning.terraform.failed`. */
  run(
    step: string,
    args: readonly string[],
    options?: { signal?: AbortSignal; onEvent?: (event: StreamEvent) => void; isJson?: boolean; good?: readonly number[] },
  ): Promise<TofuResult>
}

// One at a time: two that fill the shared folder of plugins at once break each other. Source: OpenTofu, "Provider Plugin Cache".
let initialising: Promise<unknown> = Promise.resolve()

/** A laid-out module, initialised, with the binary and the backend it talks to. */
export async function startSession(options: {
  binary: string
  target: string
  folder: string
  /** Folder that outlives runs: plugins are kept there. */
  root: string
  /** PATH, HOME and the like; nothing of the platform. */
  inherited: Readonly<Record<string, string>>
  state: { address: string; token: Secret }
}): Promise<TofuSession> {
  const { binary, target, folder } = options
  const environment = await environmentOf(options)
  const session: TofuSession = {
    run: async (step, args, { signal, onEvent, isJson = false, good = [0] } = {}) => {
      const errors: Extract<StreamEvent, { kind: 'error' }>[] = []
      const onLine = (line: string): void => {
        const event = readStreamLine(line)
        if (event?.kind === 'error') errors.push(event)
        if (event) onEvent?.(event)
      }
      const result = await runTofu({ binary, args, folder, environment, ...(signal ? { signal } : {}), ...(isJson ? { onLine } : {}) })
      if (signal?.aborted) throw terraformFaults.failed({ target, step, what: 'it was interrupted' })
      if (!good.includes(result.code)) throw terraformFaults.failed({ target, step, what: errorText(errors) || plainError(result.stderr) })
      return result
    },
  }
  const init = initialising.then(async () => await session.run('init', ['init', '-input=false', '-no-color']))
  initialising = init.catch(() => {})
  await init
  return session
}

async function environmentOf(options: Parameters<typeof startSession>[0]): Promise<Record<string, string>> {
  const { address, token } = options.state
  const plugins = path.join(options.root, 'plugins')
  const config = path.join(options.root, 'empty.tfrc')
  await mkdir(plugins, { recursive: true })
  // The user's own file, or a wrong TF_CLI_CONFIG_FILE, must not decide what we run.
  await writeFile(config, '', { mode: 0o600 })
  const direct = [options.inherited['NO_PROXY'] ?? options.inherited['no_proxy'], '127.0.0.1', 'localhost'].filter((part) => part !== undefined).join(',')
  return {
    ...options.inherited,
    NO_PROXY: direct,
    no_proxy: direct,
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    TF_CLI_CONFIG_FILE: config,
    TF_PLUGIN_CACHE_DIR: plugins,
    CHECKPOINT_DISABLE: '1',
    TF_HTTP_ADDRESS: address,
    TF_HTTP_LOCK_ADDRESS: address,
    TF_HTTP_UNLOCK_ADDRESS: address,
    TF_HTTP_USERNAME: 'fairway',
    TF_HTTP_PASSWORD: token.reveal(),
  }
}

/** The heading of a human-readable error; its text may hold values. */
function plainError(stderr: string): string {
  const line = stderr.split('\n').find((text) => text.includes('Error: '))
  return line === undefined ? 'it gave no reason' : line.slice(line.indexOf('Error: ') + 7).trim()
}
