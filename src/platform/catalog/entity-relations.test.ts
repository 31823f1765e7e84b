import { describe, expect, it } from 'vitest'
import type { Entity } from './entity.ts'
import { edgesOf } from './entity-relations.ts'

const entity = (kind: string, spec: Entity['spec'], namespace = 'default'): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: { name: 'it', namespace },
  ...(spec ? { spec } : {}),
})
const text = (subject: Entity): string[] => edgesOf(subject).map((edge) => `${edge.sourceRef} ${edge.type} ${edge.targetRef}`)

describe('edgesOf', () => {
  it.each([
    { kind: 'Component', spec: { owner: 'payments' }, edges: ['ownedBy group:default/payments', 'ownerOf'] },
    { kind: 'Component', spec: { owner: 'user:ana' }, edges: ['ownedBy user:default/ana', 'ownerOf'] },
    { kind: 'Component', spec: { system: 'shop' }, edges: ['partOf system:default/shop', 'hasPart'] },
    { kind: 'Component', spec: { subcomponentOf: 'x' }, edges: ['partOf component:default/x', 'hasPart'] },
    { kind: 'Component', spec: { providesApis: ['x'] }, edges: ['providesApi api:default/x', 'apiProvidedBy'] },
    { kind: 'Component', spec: { consumesApis: ['x'] }, edges: ['consumesApi api:default/x', 'apiConsumedBy'] },
    { kind: 'Resource', spec: { dependsOn: ['resource:db'] }, edges: ['dependsOn resource:default/db', 'dependencyOf'] },
    { kind: 'Resource', spec: { dependencyOf: ['component:x'] }, edges: ['dependencyOf component:default/x', 'dependsOn'] },
    { kind: 'System', spec: { domain: 'd' }, edges: ['partOf domain:default/d', 'hasPart'] },
    { kind: 'Domain', spec: { subdomainOf: 'd' }, edges: ['partOf domain:default/d', 'hasPart'] },
    { kind: 'Group', spec: { parent: 'p' }, edges: ['childOf group:default/p', 'parentOf'] },
    { kind: 'Group', spec: { children: ['c'] }, edges: ['parentOf group:default/c', 'childOf'] },
    { kind: 'Group', spec: { members: ['ana'] }, edges: ['hasMember user:default/ana', 'memberOf'] },
    { kind: 'AiResource', spec: { type: 'skill', dependsOn: ['x'] }, edges: ['dependsOn airesource:default/x', 'dependencyOf'] },
    { kind: 'AiResource', spec: { type: 'plugin', skills: ['x'] }, edges: ['hasPart airesource:default/x', 'partOf'] },
    { kind: 'AiResource', spec: { type: 'marketplace', plugins: ['x'] }, edges: ['hasPart airesource:default/x', 'partOf'] },
    { kind: 'User', spec: { memberOf: ['payments'] }, edges: ['memberOf group:default/payments', 'hasMember'] },
  ])('$kind $spec', ({ kind, spec, edges }) => {
    const own = `${kind.toLowerCase()}:default/it`
    const [forward, inverse] = edges
    const target = forward?.split(' ')[1]
    expect(text(entity(kind, spec as Entity['spec']))).toEqual([`${own} ${forward}`, `${target} ${inverse} ${own}`])
  })

  it('resolves short refs in the namespace of the entity', () => {
    expect(text(entity('Component', { owner: 'payments' }, 'team'))[0]).toBe('component:team/it ownedBy group:team/payments')
  })

  it('leaves out what names no kind and has no default', () => {
    expect(edgesOf(entity('Component', { dependsOn: ['db'] }))).toEqual([])
  })

  it('gives nobody a membership through a component', () => {
    expect(edgesOf(entity('Component', { memberOf: ['admins'], members: ['ana'] }))).toEqual([])
  })
})
