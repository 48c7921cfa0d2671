import { expect, it } from 'vitest';
import { featureCount } from '#policies/shadow-q/experts/two-lines/features';
import { weightCount } from '#policies/shadow-q/experts/two-lines/net';
import { shippedPrior } from '#policies/shadow-q/experts/two-lines/prior';

it.each([5, 15])(
  'the prior for steps of %d s holds three nets and the scale of each input',
  (stepSeconds) => {
    const { nets, standard } = shippedPrior(stepSeconds);
    expect(nets.map((net) => net.length)).toEqual([weightCount, weightCount, weightCount]);
    expect([standard.mean.length, standard.deviation.length]).toEqual([featureCount, featureCount]);
    const all = [standard.mean, standard.deviation, ...nets].flatMap((values) => [...values]);
    expect(all.every(Number.isFinite)).toBe(true);
    expect(Math.min(...standard.deviation)).toBeGreaterThan(0);
  },
);
