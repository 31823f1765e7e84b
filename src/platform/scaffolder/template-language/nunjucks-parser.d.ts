declare module 'nunjucks/src/parser.js' {
  const parser: {
    parse(
      text: string,
      extensions: readonly unknown[],
      options: { tags: Record<string, string>; trimBlocks: boolean; lstripBlocks: boolean },
    ): import('./syntax-tree.ts').SyntaxNode
  }
  export default parser
}
