import { describe, expect, it } from 'vitest'
import { checkLayers, judgeImport, layerOf } from './layers.ts'

describe('layers', () => {
  it.each([
    { file: 'src/runtime/ingress/proxy.ts', target: 'src/platform/change/index.ts', ok: false, why: 'upward' },
    { file: 'src/delivery/release/release.ts', target: 'src/provisioning/recipe/index.ts', ok: false, why: 'pillar to pillar' },
    { file: 'src/platform/change/change.ts', target: 'src/delivery/release/index.ts', ok: true, why: 'downward' },
    { file: 'src/interface/cli/cli.ts', target: 'src/platform/change/index.ts', ok: false, why: 'the interface is cut off' },
    { file: 'src/interface/cli/cli.ts', target: 'src/kernel/common/clock/index.ts', ok: true, why: 'browser-safe kernel' },
    { file: 'src/interface/cli/cli.ts', target: 'src/kernel/node/log/index.ts', ok: false, why: 'not browser-safe' },
    { file: 'src/platform/change/change.ts', target: 'src/platform/policy/policy.ts', ok: false, why: 'past the door of a feature' },
    { file: 'src/platform/change/change.ts', target: 'src/platform/change/plan.ts', ok: true, why: 'inside a feature' },
    { file: 'src/cloud/region/region.ts', target: 'src/main/platform.ts', ok: false, why: 'nothing imports main' },
  ])('$file -> $target ($why): $ok', ({ file, target, ok }) => {
    expect(judgeImport(file, target, target) === undefined).toBe(ok)
  })

  it('refuses Node modules in what must run in a browser', () => {
    expect(judgeImport('src/kernel/common/id/id.ts', 'node:fs', undefined)).toContain('browser')
    expect(judgeImport('src/kernel/node/log/log.ts', 'node:fs', undefined)).toBeUndefined()
  })

  it('knows no rule for a file outside the layers', () => {
    expect(layerOf('src/misc.ts')).toBeUndefined()
    expect(layerOf('src/elsewhere/a/b.ts')).toBeUndefined()
  })

  it('sees the files and imports of this checkout', () => {
    const report = checkLayers('.')
    expect(report.filesSeen).toBeGreaterThan(30)
    expect(report.importsSeen).toBeGreaterThan(50)
  })
})
