import { describe, expect, it } from 'vitest';
import { groundOf, judgeDefaults, type TrialSettings, verdictOf } from '#experiments/judge';
import type { Load } from '#simulator/load';

/** Half an hour of a wave, counted each second. */
const load: Load = {
  name: 'wave',
  stepSeconds: 1,
  rps: Float64Array.from({ length: 1800 }, (_, t) => Math.round(200 + 100 * Math.sin(t / 100))),
};
const ground = (more: Partial<TrialSettings> = {}) =>
  groundOf(load, { ...judgeDefaults, maxReplicas: 12, ...more });
const verdict = (name: string, more: Partial<TrialSettings> = {}) => verdictOf(ground(more), { name });
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('a curve', () => {
  // 1800 s, the first 20 % not scored: 1440 s
  it.each(['hpa', 'kpa', 'static', 'clairvoyant'])('of %s adds up to its cost', (name) => {
    const { curve, cost } = verdict(name, { bucketSeconds: 300 });
    expect(curve!.length).toBe(5);
    expect(sum(curve!)).toBeCloseTo(cost, 9);
  });

  it('changes nothing of what it is drawn of', () => {
    const { curve: _, ...drawn } = verdict('hpa', { bucketSeconds: 300 });
    expect(drawn).toEqual(verdict('hpa'));
  });
});

describe('a wrong belief about the capacity', () => {
  it('leaves alone who does not ask for it', () => {
    expect(verdict('hpa', { capacityBelief: 1.2 })).toEqual(verdict('hpa'));
  });

  it('has fewer replicas where each is believed to serve more', () => {
    const replicas = (capacityBelief: number) => verdict('kpa', { capacityBelief }).replicaHours;
    expect(replicas(1.2)).toBeLessThan(replicas(0.8));
  });
});

describe('a wrong belief about the start-up time', () => {
  it('leaves alone who does not ask for it', () => {
    expect(verdict('hpa', { startUpBelief: 2 })).toEqual(verdict('hpa'));
  });

  it('has more replicas where each is believed to take longer to start', () => {
    const replicas = (startUpBelief: number) => verdict('base-stock', { startUpBelief }).replicaHours;
    expect(replicas(2)).toBeGreaterThan(replicas(0.5));
  });
});

describe('another law of latency', () => {
  it.each(['hpa', 'clairvoyant'])('costs more where service times vary more, for %s', (name) => {
    const cost = (serviceVariation: number) => verdict(name, { serviceVariation }).cost;
    expect(cost(2)).toBeGreaterThan(cost(1));
    expect(cost(1)).toBeGreaterThan(cost(0.5));
  });

  it.each(['hpa', 'clairvoyant'])('costs more where lateness falls off as a power, for %s', (name) => {
    expect(verdict(name, { tailPower: 3 }).cost).toBeGreaterThan(verdict(name).cost);
  });

  it('is the usual one where they vary by 1', () => {
    expect(verdict('hpa', { serviceVariation: 1 })).toEqual(verdict('hpa'));
  });
});

describe('start-up times that vary', () => {
  it('change what a fleet goes through, the same way each time', () => {
    const drawn = verdict('hpa', { startUpVariation: 0.5 });
    expect(drawn).toEqual(verdict('hpa', { startUpVariation: 0.5 }));
    expect(drawn.cost).not.toBe(verdict('hpa').cost);
  });

  it('are another draw with another seed', () => {
    const cost = (seed: number) => verdict('hpa', { startUpVariation: 0.5, seed }).cost;
    expect(cost(2)).not.toBe(cost(1));
  });
});

describe('requests that are sent again', () => {
  const few = { maxReplicas: 5 };

  it('cost more where the fleet is too small, and nothing where nobody is late', () => {
    const cost = (replicas: number, retryShare: number) =>
      verdictOf(ground({ retryShare }), { name: 'static', settings: { replicas } }).cost;
    expect(cost(5, 0.5)).toBeGreaterThan(1.5 * cost(5, 0));
    expect(cost(12, 0.5)).toBeCloseTo(cost(12, 0), 2);
  });

  it('are seen by policies', () => {
    const seen = (retryShare: number): number => {
      let sum = 0;
      verdictOf(ground({ ...few, retryShare }), { name: 'kpa' }, (_, { arrivals }) => {
        for (const count of Array.from(arrivals?.counts ?? [])) sum += count;
      });
      return sum;
    };
    expect(seen(0.5)).toBeGreaterThan(1.2 * seen(0));
  });
});

describe('what the clairvoyant does not know', () => {
  it.each([{ startUpVariation: 0.5 }, { retryShare: 0.5 }])('%j changes nothing of its plan', (more) => {
    expect(verdict('clairvoyant', more)).toEqual(verdict('clairvoyant'));
  });
});

describe('a world as it always was', () => {
  it.each(['hpa', 'kpa', 'static'])('is that of %s where nothing varies and nobody asks again', (name) => {
    expect(verdict(name, { startUpVariation: 0, retryShare: 0 })).toEqual(verdict(name));
  });
});

describe('missing readings', () => {
  it('change what a policy does, the same way each time', () => {
    const lost = verdict('kpa', { missingShare: 0.3 });
    expect(lost).toEqual(verdict('kpa', { missingShare: 0.3 }));
    expect(lost).not.toEqual(verdict('kpa'));
  });
});

describe('knobs', () => {
  it('picked on all that is scored are never worse than those of the warm-up part', () => {
    expect(verdict('static-tuned', { warmUp: 0, tuneShare: 1 }).cost).toBeLessThanOrEqual(
      verdict('static-tuned', { warmUp: 0, tuneShare: 0.2 }).cost,
    );
  });
});
