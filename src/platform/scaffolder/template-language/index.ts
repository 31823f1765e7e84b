export { evaluateTree, renderTree } from './evaluate.ts'
export { Deferred, DeferredNeeded, SecretText } from './opaque.ts'
export { hasTemplateSyntax, parseTemplate, soleExpression } from './syntax-tree.ts'
export { toValue, type Value } from './value.ts'
