import fc from 'fast-check'
import { expect, it } from 'vitest'
import { classifyAddress, type AddressClass } from './address-class.ts'

const TABLE: [AddressClass, string[]][] = [
  ['public', ['1.1.1.1', '140.82.121.3', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001:82a::200e', '::ffff:8.8.8.8', '64:ff9b::808:808']],
  [
    'loopback',
    ['127.0.0.1', '127.9.9.9', '0.0.0.0', '::1', '::', '::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '[::1]'],
  ],
  [
    'private',
    ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fc00::1', 'fd12:3456::1', 'fec0::1', '::ffff:10.0.0.1', '2002:0a00:1::'],
  ],
  ['link-local', ['169.254.0.1', 'fe80::1', 'fe80::1%eth0', '::ffff:169.254.1.1']],
  [
    'metadata',
    ['169.254.169.254', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe', 'fd00:ec2::254', '100.100.100.200', '192.0.0.192', '168.63.129.16'],
  ],
  [
    'reserved',
    [
      '0.1.2.3',
      '192.0.2.1',
      '198.18.0.1',
      '203.0.113.9',
      '224.0.0.1',
      '255.255.255.255',
      '240.0.0.1',
      '2001:db8::1',
      '2001::1',
      'ff02::1',
      '',
      'not an address',
    ],
  ],
]

it.each(TABLE.flatMap(([expected, addresses]) => addresses.map((address) => ({ address, expected }))))('$address is $expected', ({ address, expected }) => {
  expect(classifyAddress(address)).toBe(expected)
})

it('judges an IPv4 address the same in every IPv6 dress', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const expected = classifyAddress(address)
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
      const words = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
      for (const dressed of [
        `::ffff:${address}`,
        `::ffff:${words}`,
        `::FFFF:${words.toUpperCase()}`,
        `0:0:0:0:0:ffff:${words}`,
        `64:ff9b::${words}`,
        `2002:${words}::1`,
      ])
        expect(classifyAddress(dressed)).toBe(expected)
    }),
  )
})
