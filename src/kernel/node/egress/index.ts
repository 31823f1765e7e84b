export * from './egress.ts'
export { egressFaults } from './egress-faults.ts'
export { classifyAddress, type AddressClass } from './address-class.ts'
