import { expect, it } from 'vitest'
import { parseSource, problemText } from '#kernel/common/document'
import { readGitHost } from './git-host-document.ts'

const read = (spec: string): ReturnType<typeof readGitHost> => {
  const [document] = parseSource('git-hosts.yaml', `apiVersion: fairway.dev/v1\nkind: GitHost\nmetadata: { name: forge }\nspec:\n${spec}`).documents
  if (!document) throw new Error('no document')
  return readGitHost(document)
}

it('reads a host', () =>
  expect(
    read('  type: gitlab\n  url: https://corp.example/gitlab/\n  organisations: [acme, acme/shop]\n  credential: git-hosts/corp.example/token\n').gitHost,
  ).toEqual({
    entity: 'forge',
    name: 'corp.example/gitlab',
    title: 'forge',
    type: 'gitlab',
    url: 'https://corp.example/gitlab',
    organisations: ['acme', 'acme/shop'],
    credential: 'git-hosts/corp.example/token',
    trustsPeople: false,
  }))

it.each([
  ['  type: svn\n  url: https://a.example\n', 'git-hosts.yaml:5:3: spec.type: github, gitlab, azure or gitea (also for Forgejo)'],
  ['  type: gitea\n  url: ftp://a.example\n', 'git-hosts.yaml:6:3: spec.url: give an address that begins with https://'],
  ['  type: gitea\n  url: https://me:pw@a.example\n', 'git-hosts.yaml:6:3: spec.url: leave out user, query and fragment'],
  [
    '  type: gitea\n  url: https://a.example\n  credential: platform/provenance/signing-key\n',
    'git-hosts.yaml:7:3: spec.credential: give the path of a secret below "git-hosts/a.example/"',
  ],
  [
    '  type: gitea\n  url: https://a.example\n  credential: git-hosts/github.com/token\n',
    'git-hosts.yaml:7:3: spec.credential: give the path of a secret below "git-hosts/a.example/"',
  ],
  [
    '  type: github\n  url: https://a.example\n  apiUrl: https://evil.example\n',
    'git-hosts.yaml:7:3: spec.apiUrl: the API must be on a.example or below it: the token is sent there',
  ],
  [
    '  type: github\n  url: https://a.example\n  organisations: [../x]\n',
    'git-hosts.yaml:7:19: spec.organisations[0]: give a name such as acme, or a path such as acme/shop',
  ],
  [
    '  type: github\n  url: https://a.example\n  token: x\n',
    'git-hosts.yaml:7:3: spec.token: there is no such field here: leave it out, or look at its spelling',
  ],
])('says where it is wrong: %s', (spec, problem) => expect(read(spec).problems.map(problemText)).toContain(problem))

it('an API below its host is taken', () =>
  expect(read('  type: github\n  url: https://acme.ghe.com\n  apiUrl: https://api.acme.ghe.com\n').problems).toEqual([]))
