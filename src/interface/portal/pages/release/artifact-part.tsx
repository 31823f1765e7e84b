import { useQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import { formatSize, plural } from '../../format/quantity.ts'
import { Facts } from '../../ui/facts.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { ShortId } from '../../ui/short-id.tsx'
import { StateMark } from '../../ui/state-mark.tsx'

/** The built thing: size, contents, findings, and whether its provenance verifies. */
export function ArtifactPart({ digest }: { digest: string }) {
  const artifact = useQuery(queries.artifact(digest))
  return (
    <Section title="Artifact" id="artifact">
      <QueryView query={artifact} what="artifact">
        {(data) => (
          <Facts
            items={[
              [
                'Provenance',
                <span key="provenance" style={{ display: 'inline-flex', flexWrap: 'wrap', gap: '0 12px' }}>
                  <StateMark
                    look={
                      data.provenance.isVerified ? { tone: 'green', shape: 'check', word: 'Verified' } : { tone: 'red', shape: 'cross', word: 'Not verified' }
                    }
                  />
                  <span className="dim">{data.provenance.reason}</span>
                </span>,
              ],
              ['Builder', data.provenance.builder],
              ['Key', data.provenance.keyId === null ? null : <ShortId key="key" id={data.provenance.keyId} label="key id" />],
              ['Bill of materials', data.sbom === null ? 'none attached' : plural(data.sbom.components, 'component')],
              ['Findings', data.findings.length === 0 ? 'none' : data.findings.map((finding) => `${finding.tool}: ${finding.count}`).join(', ')],
              ['Size', formatSize(data.sizeBytes)],
            ]}
          />
        )}
      </QueryView>
    </Section>
  )
}
