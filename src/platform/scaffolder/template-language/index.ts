export { evaluateTree, renderTree } from './evaluate.ts'
export { hasTemplateSyntax, parseTemplate } from './syntax-tree.ts'
export { toValue, type Value } from './value.ts'
