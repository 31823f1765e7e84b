/** Which catalog kind a Cortex type is; types that a company made itself are Resources. Pure. */
export function kindOfCortexType(type: string): 'Component' | 'Domain' | 'Group' | 'Resource' {
  if (type === 'service') return 'Component'
  if (type === 'domain') return 'Domain'
  return type === 'team' ? 'Group' : 'Resource'
}
