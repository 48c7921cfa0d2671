import { expect, it } from 'vitest';
import { factCheck } from '#core/fact-check';
import { othersEvidence } from '#core/narrate-others';
import type { Others } from '#core/others';
import { record } from '#test/make';

const others: Others = {
  from: 4,
  to: 6,
  outcome: 'scaled',
  reason: 'BelowLowLine',
  looks: 20,
  rebuilt: 18,
  basis: 'cpu',
  others: [
    { name: 'hpa', kind: 'autoscaler', settings: {}, to: 4, reason: 'DesiredWithinRange' },
    {
      name: 'hpa-tuned',
      kind: 'autoscaler',
      settings: { target: 0.55, stabilizationSeconds: 60 },
      to: 7,
      reason: 'MetricAboveTarget',
    },
    { name: 'keda', kind: 'autoscaler', settings: {}, to: undefined, reason: 'its knobs are not picked yet' },
    { name: 'hpa-rule', kind: 'expert', settings: {}, to: 6, worth: -1.0421 },
  ],
};

it('says of each other what it would have done, against what was decided, and on what ground', () => {
  const evidence = othersEvidence(record(), others);
  expect(evidence.text).toBe(
    [
      'default/Deployment/web, 2026-01-05 00:00:00Z: decided was 4 to 6 replicas (scaled, BelowLowLine).',
      'On the same samples, from 4 replicas, knowing 20 looks before (18 of them with rebuilt pods); the pods of this look are rebuilt from replicas and mean cpu.',
      'hpa: 4 replicas, 2 fewer, because the metric is close enough to its target (DesiredWithinRange).',
      'hpa-tuned (target 0.55, stabilizationSeconds 60): 7 replicas, 1 more, because the metric is above its target (MetricAboveTarget).',
      'keda: not known, its knobs are not picked yet.',
      'hpa-rule: 6 replicas, the same, worth -1.042.',
      'Worth: the greater the better.',
    ].join('\n'),
  );
  expect(factCheck(evidence.facts, { ownWords: true })(evidence.text)).toEqual([]);
  expect(evidence.decisions).toEqual([record().id]);
  expect(evidence.facts).toContainEqual({ kind: 'name', name: 'hpa-tuned', of: 'autoscaler' });
});
