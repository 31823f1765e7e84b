import type { data, Lexer } from '@actions/expressions'
import type { Json } from '#kernel/common/json'
import { pipelineFaults } from '../pipeline-faults.ts'
import type { GithubExpressions } from './github-expressions.ts'
import { toExpressionData, toJsonValue } from './expression-data.ts'

type Token = ReturnType<Lexer['lex']>['tokens'][number]

/** What expressions may read and call. A context that is absent is an error of the author; a member that is absent is null. */
export interface Scope {
  contexts: Readonly<Record<string, Json>>
  /** Functions beyond GitHub's own, by lower-case name: `success`, `hashfiles` ... */
  functions?: Readonly<Record<string, ScopeFunction>>
}

/** A function that expressions may call besides GitHub's own, e.g. `hashFiles`. */
export interface ScopeFunction {
  minArgs: number
  maxArgs: number
  call: (...args: Json[]) => Json
}

/** Evaluates expressions by GitHub's own lexer, parser and evaluator; bound to the loaded package, so that evaluating is a plain call. */
export class ExpressionEvaluator {
  readonly #github: GithubExpressions

  constructor(github: GithubExpressions) {
    this.#github = github
  }

  /**
   * The value of `expression`, without the `${{ }}` around it.
   * @throws `delivery.pipeline.bad_expression` with the position.
   */
  evaluate(expression: string, scope: Scope): Json {
    return toJsonValue(this.#evaluateData(expression, scope))
  }

  /** Whether `expression` is true as GitHub sees it: everything but false, 0, NaN, '' and null. @throws `delivery.pipeline.bad_expression`. */
  isTrue(expression: string, scope: Scope): boolean {
    const value = this.#evaluateData(expression, scope)
    switch (value.kind) {
      case this.#github.data.Kind.Null:
        return false
      case this.#github.data.Kind.Boolean:
      case this.#github.data.Kind.Number:
      case this.#github.data.Kind.String:
        return Boolean((value as data.BooleanData | data.NumberData | data.StringData).value)
      default:
        return true
    }
  }

  /** The value as text, as it stands in a script or an environment variable: `true`, `1.5`, `Object`. @throws `delivery.pipeline.bad_expression`. */
  text(expression: string, scope: Scope): string {
    return this.#evaluateData(expression, scope).coerceString()
  }

  #evaluateData(expression: string, scope: Scope): data.ExpressionData {
    const { Lexer, Parser, Evaluator, data } = this.#github
    try {
      const contexts = this.#contextsOf(scope)
      const functions = this.#functionsOf(scope)
      const parsed = new Parser(tokensOf(new Lexer(expression).lex().tokens), Object.keys(scope.contexts), functions).parse()
      if (parsed === undefined) return new data.Null()
      const result = new Evaluator(parsed, contexts, new Map(functions.map((definition) => [definition.name, definition]))).evaluate()
      return result ?? new data.Null()
    } catch (error) {
      throw pipelineFaults.bad_expression({ expression, what: describe(error, expression) }, { cause: error })
    }
  }

  #contextsOf(scope: Scope): data.Dictionary {
    const { data } = this.#github
    return new LazyContexts(data, scope.contexts) as unknown as data.Dictionary
  }

  #functionsOf(scope: Scope): { name: string; minArgs: number; maxArgs: number; call: (...args: data.ExpressionData[]) => data.ExpressionData }[] {
    return Object.entries(scope.functions ?? {}).map(([name, definition]) => ({
      ...definition,
      name,
      call: (...args: data.ExpressionData[]) => toExpressionData(this.#github.data, definition.call(...args.map(toJsonValue))),
    }))
  }
}

/**
 * GitHub's lexer makes only the first `''` of a text into a quote: every script with two quotes would be broken. And its parser finds
 * functions in a plain object, where `constructor` is one too.
 */
function tokensOf(tokens: Token[]): Token[] {
  tokens.forEach(({ lexeme }, index) => {
    if (tokens[index + 1]?.lexeme === '(' && lexeme.toLowerCase() in {}) throw new Error(`Unrecognized function: '${lexeme}'`)
  })
  return tokens.map((token) => (token.lexeme.startsWith("'") ? { ...token, value: token.lexeme.slice(1, -1).replaceAll("''", "'") } : token))
}

/** Contexts become GitHub's data only when an expression reads them: most expressions read one of a dozen. */
class LazyContexts {
  readonly #data: GithubExpressions['data']
  readonly #contexts: Map<string, Json>
  readonly #converted = new Map<string, data.ExpressionData>()

  constructor(data: GithubExpressions['data'], contexts: Readonly<Record<string, Json>>) {
    this.#data = data
    this.#contexts = new Map(Object.entries(contexts).map(([name, value]) => [name.toLowerCase(), value]))
  }

  get(name: string): data.ExpressionData | undefined {
    const key = name.toLowerCase()
    const value = this.#contexts.get(key)
    if (value === undefined) return undefined
    // One object a context: `a.b == a.b` compares objects by identity.
    const known = this.#converted.get(key) ?? toExpressionData(this.#data, value)
    this.#converted.set(key, known)
    return known
  }
}

function describe(error: unknown, expression: string): string {
  const message = error instanceof Error ? error.message : String(error)
  const position = error as { pos?: { column: number; line: number } }
  return position.pos === undefined ? message : `${message}. Located at position ${offsetOf(expression, position.pos)} within expression: ${expression}`
}

/** GitHub counts from 1 through the whole text, line ends included. */
function offsetOf(expression: string, position: { line: number; column: number }): number {
  const before = expression.split('\n').slice(0, position.line)
  return before.reduce((sum, line) => sum + line.length + 1, 0) + position.column + 1
}
