export * from './driver.ts'
export * from './driver-faults.ts'
