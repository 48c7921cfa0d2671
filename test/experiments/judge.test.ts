import { describe, expect, it } from 'vitest';
import { policies } from '#policies/registry';
import type { Load } from '#simulator/load';
import { grids } from '../../experiments/grids.ts';
import {
  checkContestants,
  groundOf,
  type JudgeSettings,
  judge,
  judgeDefaults,
  specOf,
  verdictOf,
} from '../../experiments/judge.ts';

const seconds = 1500;
/** Recorded each second, so that arrivals are what is written here: a busy warm-up fifth, then another level. */
const load = (warm: (t: number) => number, scored: (t: number) => number, stepSeconds = 1): Load => ({
  name: 'shop',
  stepSeconds,
  rps: Float64Array.from({ length: seconds / stepSeconds }, (_, i) => {
    const t = i * stepSeconds;
    return t < 300 ? warm(t) : scored(t);
  }),
});
const level = load(
  () => 100,
  () => 100,
);
const wave = load(
  (t) => 200 + 100 * Math.sin(t / 30),
  (t) => 300 + 200 * Math.sin(t / 60),
);
const small: JudgeSettings = { ...judgeDefaults, maxReplicas: 12 };
const one = (name: string, of: Load, settings: JudgeSettings = small, given = {}) =>
  judge(of, [{ name, settings: given }], settings).policies[0]!;

describe('a verdict', () => {
  it('is the cost of the scored part, to the clairvoyant', () => {
    // Four replicas for 1200 s; of 100 requests a second at rho = .5 e^−(.25·.5·50) = .00193 are late.
    const late = Math.exp(-0.25 * 0.5 * 50);
    const cost = (4 * 1200) / 3600 + 1e-4 * 1200 * 100 * late;
    const verdict = one('static', level, small, { replicas: 4 });
    expect(verdict).toMatchObject({ scalings: 0, reversals: 0, violationMinutes: 0 });
    expect(verdict.cost).toBeCloseTo(cost, 9);
    expect(verdict.lateShare).toBeCloseTo(late, 12);
    expect(verdict.ratio).toBeCloseTo(cost / judge(level, [], small).clairvoyantCost, 9);
  });

  it('does not ask what happened in the warm-up', () => {
    const stormy = load(
      (t) => (t < 100 ? 3000 : 100),
      () => 100,
    );
    expect(one('static', stormy, small, { replicas: 4 })).toEqual(
      one('static', level, small, { replicas: 4 }),
    );
  });

  it('of the clairvoyant is one, and nobody who keeps one size is better', () => {
    const { policies: verdicts } = judge(wave, [{ name: 'clairvoyant' }, { name: 'static-tuned' }], small);
    expect(verdicts[0]!.ratio).toBe(1);
    expect(verdicts[1]!.ratio).toBeGreaterThan(1);
  });

  it('is the same alone and in company, in any order', () => {
    const names = ['hpa', 'static', 'q-learning', 'shadow-q'];
    const [all, turned] = [names, names.toReversed()].map((each) =>
      judge(
        wave,
        each.map((name) => ({ name })),
        small,
      ),
    );
    expect(turned!.policies.toReversed()).toEqual(all!.policies);
    for (const [i, name] of names.entries()) expect(one(name, wave)).toEqual(all!.policies[i]);
  });

  it('is the same with the same seed, and another where other requests arrive', () => {
    const minutes = load(
      () => 200,
      (t) => 100 + t / 5,
      60,
    );
    const [first, same, other] = [1, 1, 2].map((seed) => one('hpa', minutes, { ...small, seed }));
    expect(same).toEqual(first);
    expect(other!.cost).not.toBe(first!.cost);
  });

  it('is what JSON keeps', () => {
    const judged = judge(wave, [{ name: 'hpa' }, { name: 'clairvoyant' }], small);
    expect(JSON.parse(JSON.stringify(judged))).toEqual(judged);
  });
});

describe('a tuned peer', () => {
  it.each(['hpa', 'base-stock', 'static'])(
    '%s has the knobs that were cheapest on the warm-up, and is scored on the rest',
    (base) => {
      const warmUp: Load = { ...wave, rps: wave.rps.subarray(0, 300) };
      const knobs = grids[base]!(small);
      const costs = knobs.map((given) => one(base, warmUp, { ...small, warmUp: 0 }, given).cost);
      const best = knobs[costs.indexOf(Math.min(...costs))]!;
      const tuned = one(`${base}-tuned`, wave);
      expect(tuned.settings).toEqual(best);
      expect({ ...tuned, name: base }).toEqual(one(base, wave, small, best));
    },
  );
});

describe('everybody', () => {
  it('decides at the own times, the real peers on metrics as old as theirs are', () => {
    expect(specOf(small, policies['shadow-q']!)).toMatchObject({ intervalSeconds: 5, metricAgeSeconds: 1 });
    expect(specOf(small, policies.hpa!)).toMatchObject({ intervalSeconds: 15, metricAgeSeconds: 15 });
  });

  it('must be known before anything runs', () => {
    expect(() => checkContestants(['hpa', 'hpaa'])).toThrow(
      'no policy is called "hpaa": give one of shadow-q',
    );
    expect(() => checkContestants(['q-learning-tuned'])).toThrow('"q-learning" has no knobs to tune');
    expect(() => checkContestants(['hpa-tuned', 'static'])).not.toThrow();
  });
});

describe('what an experiment asks for besides', () => {
  it('is the cost of each stretch, which add up to the whole', () => {
    const ground = groundOf(wave, { ...small, bucketSeconds: 300 });
    for (const name of ['hpa', 'clairvoyant']) {
      const { curve, cost } = verdictOf(ground, { name });
      expect(curve).toHaveLength(4);
      expect(curve!.reduce((a, b) => a + b, 0)).toBeCloseTo(cost, 9);
    }
  });
});
