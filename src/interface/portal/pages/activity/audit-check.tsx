import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import type { AuditVerdict } from '../../api/shapes.ts'
import { plural } from '../../format/quantity.ts'
import { FaultNotice, Strip } from '../../ui/notice.tsx'
import { ShortId } from '../../ui/short-id.tsx'

/** Verifies the hash chain when asked, and says what was found. */
export function AuditCheck() {
  const check = useQuery({ ...queries.audit(), enabled: false })
  return (
    <div style={{ marginBottom: 16 }}>
      {check.error === null ? null : <FaultNotice error={check.error} what="verification" onRetry={() => void check.refetch()} />}
      {check.data === undefined ? null : <Verdict verdict={check.data} />}
      <Button variant="default" loading={check.isFetching} onClick={() => void check.refetch()}>
        Verify the chain
      </Button>
    </div>
  )
}

function Verdict({ verdict }: { verdict: AuditVerdict }) {
  if (verdict.isIntact) {
    return (
      <Strip tone="green">
        Intact: {plural(verdict.checkedCount, 'event')} checked, up to {verdict.headSequence}. Head <ShortId id={verdict.headHash} label="head hash" />
      </Strip>
    )
  }
  const broken = verdict.firstBroken
  return (
    <Strip tone="red" isAlert>
      Broken from event {broken?.sequence ?? 'unknown'} on: the log was altered after it was written. Tell the security team before anything else is done.
    </Strip>
  )
}
