import type { Verdict } from '#core/proposals';
import { fieldWriters } from '#kubernetes/field-writers';
import type { ScalingPolicy } from '#kubernetes/scaling-policy';

/** A person's word on a proposal: `kubectl annotate scalingpolicy web nimbusguard.io/approve=ID`. */
const annotations = { approve: 'nimbusguard.io/approve', reject: 'nimbusguard.io/reject' } as const;

/** The words that stand on a policy. Who may patch it may approve; the API server's audit log has the name. */
export const verdictsOn = ({ metadata }: ScalingPolicy): readonly Verdict[] =>
  (['approve', 'reject'] as const).flatMap((verdict) => {
    const id = metadata.annotations?.[annotations[verdict]];
    if (id === undefined || id === '') return [];
    const [writer] = fieldWriters(metadata, ['metadata', 'annotations', annotations[verdict]]);
    return [{ id, verdict, by: writer?.manager ?? 'an annotation' }];
  });
