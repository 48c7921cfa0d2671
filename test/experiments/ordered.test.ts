import { describe, expect, it } from 'vitest';
import { groundOf, judgeDefaults, verdictOf } from '../../experiments/judge.ts';
import type { Order } from '../../experiments/ordered.ts';

const wave = {
  name: 'shop',
  stepSeconds: 1,
  rps: Float64Array.from({ length: 1500 }, (_, t) => 300 + Math.round(200 * Math.sin(t / 60))),
};
const ground = groundOf(wave, { ...judgeDefaults, maxReplicas: 12 });

describe('orders that were given', () => {
  it('cost what the policy cost that gave them', () => {
    // The mean of the first 15 s is 322 a second: 11 replicas at 60 % of 50.
    const orders: Order[] = [{ second: 0, replicas: 11 }];
    const verdict = verdictOf(
      ground,
      { name: 'hpa', settings: { stabilizationSeconds: 0 } },
      ({ to }, { atSeconds }) => {
        orders.push({ second: atSeconds, replicas: to });
      },
    );
    expect(verdict.scalings).toBeGreaterThan(0);
    expect(verdictOf(ground, { name: 'done', orders })).toEqual({
      ...verdict,
      name: 'done',
      settings: {},
    });
  });

  it('of one size cost its replica-hours', () => {
    // 1200 scored seconds of 4 replicas
    const { replicaHours, scalings } = verdictOf(ground, {
      name: 'done',
      orders: [{ second: 0, replicas: 4 }],
    });
    expect({ replicaHours, scalings }).toEqual({ replicaHours: 4800 / 3600, scalings: 0 });
  });

  it('that nobody gave are no size', () => {
    expect(() => verdictOf(ground, { name: 'done', orders: [] })).toThrow('no order is given');
  });
});
