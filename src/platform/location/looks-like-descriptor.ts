/** The apiVersions of descriptors: what else has one, in a folder, is somebody else's. */
const DESCRIPTOR = /^[\s{]*["']?apiVersion["']?\s*:\s*["']?(?:backstage\.io|scaffolder\.backstage\.io|fairway\.dev|openslo)\//m
/** A template's language: `${{ values.name }}` of golden paths, `{{ name }}` and `{% if %}` of others. */
const TEMPLATE_LANGUAGE = /\$\{\{|\{%|\{\{/

/**
 * True when a text that was found in a folder, and that nobody named, is a descriptor: not a manifest or settings of something else, and not a file of a
 * golden path's skeleton, which is one only once it is rendered.
 */
export function looksLikeDescriptor(text: string): boolean {
  if (!DESCRIPTOR.test(text)) return false
  return !TEMPLATE_LANGUAGE.test(text) || /^[\s{]*["']?kind["']?\s*:\s*["']?Template\b/m.test(text)
}
