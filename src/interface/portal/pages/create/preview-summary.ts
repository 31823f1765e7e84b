import type { CreationPreview } from '../../api/shapes.ts'
import { plural } from '../../format/quantity.ts'

/** One sentence about what would be made. */
export function summaryOf({ files, effects, steps }: Pick<CreationPreview, 'files' | 'effects' | 'steps'>): string {
  const count = (state: CreationPreview['files'][number]['state']): number => files.filter((file) => file.state === state).length
  const parts = [
    count('added') === 0 ? '' : `makes ${plural(count('added'), 'file')}`,
    count('altered') === 0 ? '' : `alters ${count('altered')}`,
    count('removed') === 0 ? '' : `removes ${count('removed')}`,
    effects.length === 0 ? '' : `does ${plural(effects.length, 'thing')} outside`,
  ].filter((part) => part !== '')
  const words = parts.length === 0 ? `changes nothing in ${plural(steps.length, 'step')}` : parts.join(', ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}. Nothing is done before you create it.`
}
