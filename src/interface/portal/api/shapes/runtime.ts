export interface Workload {
  ref: { component: string; environment: string; release: string }
  state: 'starting' | 'ready' | 'degraded' | 'failed' | 'stopped' | 'absent'
  desiredReplicas: number
  readyReplicas: number
  message: string
  version: string
  instances: { id: string; state: string; pid?: number; address?: string; startedAt: string; restarts: number; lastExit?: string }[]
}

export interface ResourceInfo {
  id: string
  type: string
  component: string
  environment: string
  name: string
  recipe: string
  status: string
  outputs: Record<string, unknown>
  changeId: string | null
  createdAt: string
}

export interface CloudRegion {
  provider: string
  name: string
  title: string
  place: string
  country: string
  jurisdiction: string
  latitude: number
  longitude: number
  zones: number
}

export interface CloudAccount {
  name: string
  title?: string
  provider: string
  description?: string
  regions?: string[]
  environments?: string[]
}
