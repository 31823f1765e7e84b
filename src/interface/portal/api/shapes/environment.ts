export interface Environment {
  name: string
  title: string
  order: number
  account: string
  region: string
  runtime: string
  rollout: { strategy: string; steps: { weight: number; minSeconds: number }[] }
  approval: { required: number; groups: string[]; separationOfDuties: boolean } | null
  description: string
}

export type Health = 'healthy' | 'progressing' | 'degraded' | 'unknown' | 'off'

export interface MatrixCell {
  release: string
  version: string
  digest: string
  commit: string
  url: string | null
  changeId: string | null
  deployedAt: string
  deployedBy: string
  health: Health
  activeChangeId: string | null
  traffic: { release: string; version: string; weight: number }[]
}

export interface MatrixRow {
  component: string
  title: string
  owner: string
  cells: Record<string, MatrixCell | null | undefined>
}

export interface Matrix {
  environments: Environment[]
  rows: MatrixRow[]
}
