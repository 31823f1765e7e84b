import { expect, it } from 'vitest'
import { judgeToolchain, toolchains } from './toolchain.ts'

const of = (name: string) => {
  const found = toolchains.find((toolchain) => toolchain.name === name)
  if (!found) throw new Error(name)
  return found
}

it.each([
  ['python3', ['Python 3.11.7'], true, /^Python 3\.11\.7$/],
  ['python3', ['Python 3.9.2'], false, /python3 is 3\.9\.2, and 3\.10 is needed by the golden path python-service/],
  ['python3', [undefined], false, /python3 not found; optional: the golden path python-service/],
  ['go', ['go version go1.26.8 linux/amd64'], true, /go1\.26\.8/],
  ['go', ['go version go1.9 linux/amd64'], false, /go is 1\.9, and 1\.22/],
  ['tofu', [undefined, 'Terraform v1.11.4'], true, /^Terraform v1\.11\.4$/],
  ['tofu', ['OpenTofu v1.5.0', 'Terraform v1.11.4'], true, /^Terraform/],
  ['tofu', [undefined, undefined], false, /tofu or terraform not found/],
  ['go', ['gibberish'], false, /no version that can be read/],
])('%s that says %j', (name, said, isGood, detail) => {
  expect(judgeToolchain(of(name), said)).toEqual({ isGood, detail: expect.stringMatching(detail) as string })
})
