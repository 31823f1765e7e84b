/** A toolchain that golden paths want, and that the platform does not bring. */
export interface Toolchain {
  name: string
  /** Programs that will do, the best first. */
  programs: readonly string[]
  versionArgs: readonly string[]
  /** The oldest that will do, e.g. `3.10`. */
  least: string
  /** What wants it, and what to do about it. */
  wish: string
}

/** Found on the `PATH` of whoever asks: jobs and workloads have the `PATH` that the platform was started with. */
export const toolchains: readonly Toolchain[] = [
  {
    name: 'tofu',
    programs: ['tofu', 'terraform'],
    versionArgs: ['version'],
    least: '1.6',
    wish: 'recipes in Terraform, the golden path terraform-module; `npm run real -- opentofu` installs it',
  },
  {
    name: 'python3',
    programs: ['python3'],
    versionArgs: ['--version'],
    least: '3.10',
    wish: 'the golden path python-service, in its pipeline and where it runs; install it, and start the platform with it on PATH',
  },
  {
    name: 'go',
    programs: ['go'],
    versionArgs: ['version'],
    least: '1.22',
    wish: 'the golden path go-service, in its pipeline only; install it, and start the platform with it on PATH',
  },
]

/**
 * Judges what the programs of a toolchain said of themselves. Pure.
 * @param said the first line of each program's output, in the order of `programs`; undefined for one that is not there.
 */
export function judgeToolchain({ programs, least, wish }: Toolchain, said: readonly (string | undefined)[]): { isGood: boolean; detail: string } {
  const found = said.flatMap((line, index) =>
    line === undefined ? [] : [{ line, version: /\d+\.\d+(?:\.\d+)?/.exec(line)?.[0], program: programs[index] ?? '' }],
  )
  const good = found.find(({ version }) => version !== undefined && isAtLeast(version, least))
  if (good) return { isGood: true, detail: good.line }
  const [old] = found
  if (old) return { isGood: false, detail: `${old.program} is ${old.version ?? 'of no version that can be read'}, and ${least} is needed by ${wish}` }
  return { isGood: false, detail: `${programs.join(' or ')} not found; optional: ${wish}` }
}

function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version.split('.').map(Number), least.split('.').map(Number)]
  for (const [index, number] of want.entries()) if ((have[index] ?? 0) !== number) return (have[index] ?? 0) > number
  return true
}
