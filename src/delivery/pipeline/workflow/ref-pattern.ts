/**
 * A filter pattern of GitHub (`releases/**`, `v1.?`, `!docs/**`) as a test. `*` stops at `/`, `**` does not, `?` and `+` repeat
 * what stands before them, `[a-z]` is a set; `\` takes a sign as it is.
 * @see https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#filter-pattern-cheat-sheet
 */
function compilePattern(pattern: string): RegExp {
  let source = ''
  for (let index = 0; index < pattern.length; index++) {
    const sign = pattern[index] as string
    if (sign === '\\' && index + 1 < pattern.length) source += escape(pattern[++index] as string)
    else if (sign === '*' && pattern[index + 1] === '*') {
      index++
      // `**/x` also matches `x` itself.
      if (pattern[index + 1] === '/' && (source === '' || source.endsWith('/'))) {
        index++
        source += '(?:.*/)?'
      } else source += '.*'
    } else if (sign === '*') source += '[^/]*'
    else if (sign === '?' || sign === '+') source += source === '' ? escape(sign) : sign
    else if (sign === '[') {
      const end = pattern.indexOf(']', index + 1)
      if (end === -1) source += '\\['
      else {
        source += `[${pattern.slice(index + 1, end).replace(/[\\[\]^]/g, '\\$&')}]`
        index = end
      }
    } else source += escape(sign)
  }
  // `+` after `+` or `*` would be a quantifier of a quantifier.
  return new RegExp(`^${source.replace(/([*+?])[+?]+/g, '$1')}$`)
}

/** Whether `name` passes a list of patterns: the last pattern that matches decides, and one with `!` in front decides against. */
export function passesPatterns(name: string, patterns: readonly string[]): boolean {
  let isIn = false
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) isIn &&= !compilePattern(pattern.slice(1)).test(name)
    else isIn ||= compilePattern(pattern).test(name)
  }
  return isIn
}

function escape(sign: string): string {
  return sign.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
