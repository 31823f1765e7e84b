declare module 'nunjucks/src/parser.js' {
  import type { SyntaxNode } from './syntax-tree.ts'

  const parser: {
    parse(text: string, extensions: readonly unknown[], options: { tags: Record<string, string>; trimBlocks: boolean; lstripBlocks: boolean }): SyntaxNode
  }
  // oxlint-disable-next-line import/no-default-export -- the module is CommonJS
  export default parser
}
