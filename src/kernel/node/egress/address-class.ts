import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** What an IP address is for. Only `public` may be called without being allowed. */
export type AddressClass = 'public' | 'loopback' | 'private' | 'link-local' | 'metadata' | 'reserved'

function block(ranges: readonly `${string}/${number}`[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [net = '', prefix = ''] = range.split('/')
    list.addSubnet(net, Number(prefix), isIPv6(net) ? 'ipv6' : 'ipv4')
  }
  return list
}

/**
 * Instance metadata services: AWS/GCP/Azure/OpenStack, AWS over IPv6, Alibaba, Oracle, and Azure's wire server, which lies in a public range.
 * Checked first: these stay refused where private addresses are allowed.
 */
const METADATA = block([
  '169.254.169.254/32',
  '169.254.170.2/32',
  '169.254.170.23/32',
  'fd00:ec2::254/128',
  'fd00:ec2::23/128',
  'fd20:ce::254/128',
  '100.100.100.200/32',
  '192.0.0.192/32',
  '168.63.129.16/32',
])
const LOOPBACK = block(['127.0.0.0/8', '::1/128', '0.0.0.0/32', '::/128'])
const LINK_LOCAL = block(['169.254.0.0/16', 'fe80::/10'])
/** RFC 1918, RFC 6598 (carrier-grade NAT), RFC 4193; site-local of RFC 3879. */
const PRIVATE = block(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fec0::/10'])
/** IANA special-purpose registries (RFC 6890): never a server on the internet. Teredo (2001::/32) hides an IPv4 address. */
const RESERVED = block([
  '0.0.0.0/8',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '3fff::/20',
  '5f00::/16',
  'ff00::/8',
])

/**
 * Tells what an address is for. IPv6 forms that carry an IPv4 address (mapped, compatible, NAT64, 6to4) are judged by the address inside.
 * What is no IP address is `reserved`.
 */
export function classifyAddress(address: string): AddressClass {
  const text = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  if (isIPv4(text)) return classOf(text, 'ipv4')
  if (!isIPv6(text)) return 'reserved'
  if (text !== '::1' && text !== '::') {
    const inner = embeddedIpv4(text)
    if (inner !== undefined) return classOf(inner, 'ipv4')
  }
  return classOf(text, 'ipv6')
}

function classOf(address: string, family: 'ipv4' | 'ipv6'): AddressClass {
  if (METADATA.check(address, family)) return 'metadata'
  if (LOOPBACK.check(address, family)) return 'loopback'
  if (LINK_LOCAL.check(address, family)) return 'link-local'
  if (PRIVATE.check(address, family)) return 'private'
  return RESERVED.check(address, family) ? 'reserved' : 'public'
}

function embeddedIpv4(address: string): string | undefined {
  const words = wordsOf(address)
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = words
  const isZeroTo5 = a + b + c + d === 0 && e === 0
  if (isZeroTo5 && (f === 0xffff || f === 0)) return dotted(g, h) // ::ffff:0:0/96 mapped, ::/96 compatible
  if (a + b + c + d === 0 && e === 0xffff && f === 0) return dotted(g, h) // ::ffff:0:0:0/96, RFC 2765
  if (a === 0x64 && b === 0xff9b) return dotted(g, h) // NAT64, RFC 6052 and RFC 8215
  if (a === 0x2002) return dotted(b, c) // 6to4, RFC 3056
  return undefined
}

/** The eight 16-bit words of an IPv6 address, of which Node has checked the form. */
function wordsOf(address: string): number[] {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a: string, b: string, c: string, d: string) =>
    [(Number(a) << 8) | Number(b), (Number(c) << 8) | Number(d)].map((word) => word.toString(16)).join(':'),
  )
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...gap, ...right].map((word) => Number.parseInt(word, 16))
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
