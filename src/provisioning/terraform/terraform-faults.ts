import { faults } from '#kernel/common/fault'

export const terraformFaults = faults('provisioning.terraform', {
  not_installed: {
    status: 422,
    title: 'No OpenTofu or Terraform',
    retry: 'no',
    detail: () => 'this recipe needs OpenTofu or Terraform, and neither "tofu" nor "terraform" is there: install one with "npm run real -- opentofu"',
  },
  bad_module: {
    status: 422,
    title: 'Bad module',
    retry: 'no',
    detail: (d: { module: string; what: string }) => `module "${d.module}" can't be used: ${d.what}`,
  },
  failed: {
    status: 502,
    title: 'Terraform failed',
    retry: 'no',
    detail: (d: { target: string; step: string; what: string }) => `"${d.target}": ${d.step} failed: ${d.what}`,
  },
  never_applied: {
    status: 409,
    title: 'Not made here',
    retry: 'no',
    detail: (d: { target: string }) => `"${d.target}" has a state but no run of ours: destroy it with the module that made it`,
  },
})
