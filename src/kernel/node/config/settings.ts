import { homedir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { faults } from '#kernel/common/fault'
import { Secret } from '#kernel/common/secret'

const configFaults = faults('kernel.config', {
  invalid: { status: 422, title: 'Wrong settings', retry: 'no', detail: (d: { problems: string }) => `these settings are wrong: ${d.problems}` },
})

const port = z.coerce
  .number({ error: 'give a port number from 0 to 65535' })
  .int('give a whole number')
  .min(0, 'give 0 or more')
  .max(65_535, 'give 65535 at most')

const schema = z.strictObject({
  FAIRWAY_PORT: port.default(7007),
  FAIRWAY_INGRESS_PORT: port.default(8080),
  FAIRWAY_HOST: z.string().min(1).default('127.0.0.1'),
  FAIRWAY_DATA: z.string().min(1).optional(),
  FAIRWAY_REAL: z.string().min(1).optional(),
  FAIRWAY_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  FAIRWAY_URL: z.url().optional(),
  FAIRWAY_TOKEN: z.string().min(1).optional(),
  FAIRWAY_CHAOS: z.string().optional(),
  FAIRWAY_CATALOG_FOLDERS: z
    .string()
    .transform((text) => listOf(text))
    .refine((folders) => folders.every((folder) => path.isAbsolute(folder)), 'give whole paths of folders, separated by commas')
    .optional(),
  FAIRWAY_EGRESS_ALLOW: z
    .string()
    .transform((text) => listOf(text))
    .refine((pairs) => pairs.every((pair) => /^[^\s/]+:\d+$/.test(pair)), 'give host:port pairs, separated by commas')
    .optional(),
  FAIRWAY_OIDC_ISSUER: z.url({ protocol: /^https?$/, error: 'give the address of an OpenID provider' }).optional(),
  FAIRWAY_OIDC_CLIENT_ID: z.string().min(1).optional(),
  FAIRWAY_OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  FAIRWAY_OIDC_GROUPS_CLAIM: z.string().min(1).default('groups'),
  FAIRWAY_OIDC_SCOPES: z.string().min(1).default('openid profile email'),
  FAIRWAY_TRUSTED_DIRECTORIES: z
    .string()
    .transform((text) => listOf(text))
    .refine((names) => names.every((name) => name === 'scim' || name === 'oidc'), 'give scim, oidc or both, separated by commas')
    .optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'give postgresql://user:password@host:port/database')
    .optional(),
})

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** All settings of the platform, read once. Paths are absolute. */
export interface Settings {
  /** API and portal; 0 takes a free port. */
  port: number
  ingressPort: number
  /** Address that everything listens on. */
  host: string
  dataDir: string
  /** Folder of real tools that tests and adapters may use. */
  realDir: string
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  databaseUrl: string | undefined
  /** Where the CLI finds a platform elsewhere. */
  url: string | undefined
  token: string | undefined
  /** Crash point for chaos tests: the process kills itself there. */
  chaosPoint: string | undefined
  /** Folders of this machine that administrators may have descriptors read from. None unless told. */
  catalogFolders: readonly string[]
  /** An OpenID provider that people sign in by; undefined when they sign in by links alone. */
  oidc: { issuer: string; clientId: string; clientSecret: Secret | undefined; groupsClaim: string; scopes: string } | undefined
  /** Directories whose groups give rights: `scim`, `oidc`. None unless the operator says so. */
  trustedDirectories: readonly ('scim' | 'oidc')[]
  /** `host:port` pairs that the platform may call though their addresses are private or of this machine. */
  egressAllow: readonly string[]
}

/**
 * Reads the settings from an environment. This file alone reads `process.env`.
 * @param checkout root of the checkout; `FAIRWAY_DATA` defaults to `.fairway/` in it.
 * @throws `kernel.config.invalid` with every wrong or unknown `FAIRWAY_*` key.
 */
export function loadSettings(checkout: string, environment: Record<string, string | undefined> = process.env): Settings {
  const own = Object.entries(environment).filter(
    ([key, value]) => (key.startsWith('FAIRWAY_') || key === 'DATABASE_URL') && value !== undefined && value !== '',
  )
  const result = schema.safeParse(Object.fromEntries(own))
  if (!result.success) {
    const problems = result.error.issues.map((issue) =>
      issue.code === 'unrecognized_keys' ? `${issue.keys.join(', ')}: unknown setting` : `${issue.path.join('.')}: ${issue.message}`,
    )
    throw configFaults.invalid({ problems: problems.join('; ') })
  }
  const values = result.data
  return {
    port: values.FAIRWAY_PORT,
    ingressPort: values.FAIRWAY_INGRESS_PORT,
    host: values.FAIRWAY_HOST,
    dataDir: path.resolve(checkout, values.FAIRWAY_DATA ?? '.fairway'),
    realDir: path.resolve(checkout, values.FAIRWAY_REAL ?? path.join(environment['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'fairway', 'real')),
    logLevel: values.FAIRWAY_LOG_LEVEL,
    databaseUrl: values.DATABASE_URL,
    url: values.FAIRWAY_URL,
    token: values.FAIRWAY_TOKEN,
    chaosPoint: values.FAIRWAY_CHAOS,
    catalogFolders: values.FAIRWAY_CATALOG_FOLDERS ?? [],
    egressAllow: values.FAIRWAY_EGRESS_ALLOW ?? [],
    oidc: oidcOf(values),
    trustedDirectories: (values.FAIRWAY_TRUSTED_DIRECTORIES ?? []) as ('scim' | 'oidc')[],
  }
}

function oidcOf(values: z.infer<typeof schema>): Settings['oidc'] {
  const { FAIRWAY_OIDC_ISSUER: issuer, FAIRWAY_OIDC_CLIENT_ID: clientId, FAIRWAY_OIDC_CLIENT_SECRET: secret } = values
  if (issuer === undefined && clientId === undefined) return undefined
  if (issuer === undefined || clientId === undefined)
    throw configFaults.invalid({ problems: 'FAIRWAY_OIDC_ISSUER and FAIRWAY_OIDC_CLIENT_ID are set together' })
  return {
    issuer,
    clientId,
    clientSecret: secret === undefined ? undefined : new Secret(secret),
    groupsClaim: values.FAIRWAY_OIDC_GROUPS_CLAIM,
    scopes: values.FAIRWAY_OIDC_SCOPES,
  }
}

/** What child processes may inherit: the path, locale and home, never the platform's own settings. */
export function childEnvironment(environment: Record<string, string | undefined> = process.env): Record<string, string> {
  const inherited = [
    'PATH',
    'HOME',
    'USER',
    'LANG',
    'LC_ALL',
    'TZ',
    'TMPDIR',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'NODE_EXTRA_CA_CERTS',
    'npm_config_registry',
    'npm_config_cafile',
    'NPM_CONFIG_USERCONFIG',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy',
  ]
  return Object.fromEntries(inherited.flatMap((key) => (environment[key] === undefined ? [] : [[key, environment[key]]])))
}
