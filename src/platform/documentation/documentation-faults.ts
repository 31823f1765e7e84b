import { faults } from '#kernel/common/fault'

export const documentationFaults = faults('platform.documentation', {
  none: {
    status: 404,
    title: 'No documentation',
    retry: 'no',
    detail: (d: { ref: string }) =>
      `"${d.ref}" has no documentation: put Markdown files into docs/ beside its catalog-info.yaml, and a mkdocs.yml where their order matters`,
  },
  no_page: {
    status: 404,
    title: 'No such page',
    retry: 'no',
    detail: (d: { ref: string; path: string }) => `the documentation of "${d.ref}" has no page "${d.path}"`,
  },
  no_asset: { status: 404, title: 'No such file', retry: 'no', detail: (d: { path: string }) => `there is no file "${d.path}" beside these pages` },
})
