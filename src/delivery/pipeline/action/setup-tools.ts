import { setupTool } from './setup-tool.ts'

/** `actions/setup-python`. */
export const setupPython = setupTool({
  action: 'actions/setup-python',
  title: 'Python',
  programs: ['python3', 'python'],
  versionArgs: ['--version'],
  input: 'python-version',
  inFile: /^\s*(?:requires-python\s*=\s*["'])?([<>=^~!]*\s*\d[\d.*]*)/m,
  ignored: [
    'cache',
    'cache-dependency-path',
    'architecture',
    'check-latest',
    'token',
    'update-environment',
    'allow-prereleases',
    'freethreaded',
    'pip-version',
  ],
})

/** `actions/setup-go`. Go's own build cache on this machine is used, whatever `cache` says. */
export const setupGo = setupTool({
  action: 'actions/setup-go',
  title: 'Go',
  programs: ['go'],
  versionArgs: ['version'],
  input: 'go-version',
  inFile: /^(?:go\s+)?(\d+(?:\.\d+)*)/m,
  ignored: ['cache', 'cache-dependency-path', 'architecture', 'check-latest', 'token', 'go-download-base-url'],
})

/** `opentofu/setup-opentofu`. Modules run on either; where there is none, the workflow decides what that means. */
export const setupOpenTofu = setupTool({
  action: 'opentofu/setup-opentofu',
  title: 'OpenTofu',
  programs: ['tofu', 'terraform'],
  versionArgs: ['version'],
  input: 'tofu_version',
  inFile: /^(\d+(?:\.\d+)*)/m,
  ignored: ['tofu_wrapper', 'cli_config_credentials_hostname', 'cli_config_credentials_token', 'github_token', 'cache'],
  isOptional: true,
})

/** `hashicorp/setup-terraform`, as `opentofu/setup-opentofu`. */
export const setupTerraform = setupTool({
  action: 'hashicorp/setup-terraform',
  title: 'Terraform',
  programs: ['terraform', 'tofu'],
  versionArgs: ['version'],
  input: 'terraform_version',
  inFile: /^(\d+(?:\.\d+)*)/m,
  ignored: ['terraform_wrapper', 'cli_config_credentials_hostname', 'cli_config_credentials_token'],
  isOptional: true,
})
