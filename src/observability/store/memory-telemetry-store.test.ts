import { MemoryTelemetryStore } from './memory-telemetry-store.ts'
import { telemetryStoreContract } from './telemetry-store-contract.ts'

telemetryStoreContract('memory', async () => new MemoryTelemetryStore())
