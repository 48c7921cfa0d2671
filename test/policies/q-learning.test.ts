import { describe, expect, it } from 'vitest';
import { legal, limit } from '#core/limits';
import type { LearningReport, Observation, Reward } from '#core/model';
import type { Policy } from '#core/policy';
import { random } from '#core/random';
import { qLearning } from '#policies/q-learning';
import { observation, replicas, sample, spec, startAt } from '#test/make';

const s = spec({ maxReplicas: 6, capacityPerReplica: 10 });
/** A world of identities: at load n · 10 the right size is n, and each replica too many or too few costs .1 at once. */
const loads = [1, 3, 5];

const seen = (load: number, desired: number): Observation =>
  observation({
    atSeconds: startAt,
    demand: 10 * load,
    replicas: replicas({ desired, ready: desired }),
    samples: [sample({ value: 10 * load }), sample({ metric: 'cpu', value: Math.min(1, load / desired) })],
  });

const reward = (total: number): Reward => ({
  total,
  terms: { efficiency: total, slo: 0, stability: 0 },
  window: { from: startAt, to: startAt + 5 },
  lateFrom: 'law',
});

const choose = (policy: Policy, o: Observation, chance = random(0)) => {
  const mask = legal(o, s);
  return limit(policy.decide(o, mask, chance), mask);
};

/** Lives through the world in `steps` steps, the load changing by chance now and then. */
const live = (policy: Policy, steps: number, seed = 1): LearningReport => {
  const chance = random(seed);
  let [load, size] = [loads[0]!, 3];
  let report: LearningReport = {};
  for (let k = 0; k < steps; k++) {
    const o = seen(load, size);
    const decision = choose(policy, o, chance);
    size = decision.to;
    const total = -0.1 * Math.abs(size - load);
    if (chance.next() < 0.1) load = loads[chance.integer(loads.length)]!;
    report = policy.learn({ observation: o, decision, reward: reward(total), next: seen(load, size) });
  }
  return report;
};

/** Where it goes without exploring, from every size at every load. */
const answers = (policy: Policy): readonly number[] => {
  const greedy = qLearning({
    spec: s,
    seed: 1,
    settings: { doubleQ: (policy.snapshot().data as { tables: unknown[] }).tables.length === 2 },
    snapshot: { ...policy.snapshot(), version: 1 },
  });
  return loads.flatMap((load) => [1, 2, 3, 4, 5, 6].map((size) => choose(greedy, seen(load, size)).to));
};
const right = loads.flatMap((load) => Array(6).fill(load));

const learner = (settings: Readonly<Record<string, unknown>>) =>
  qLearning({ spec: s, seed: 1, settings: { explore: true, ...settings } });

describe.each([{}, { doubleQ: true }])('the textbook learner %j', (settings) => {
  it('learns the right size for every load from every size', () => {
    const policy = learner({ ...settings, epsilonDecay: 0.9999, initialValue: 0 });
    live(policy, 40_000);
    expect(answers(policy)).toEqual(right);
  });

  it('learns the same table from the same chance', () => {
    const [one, other] = [learner(settings), learner(settings)];
    live(one, 2000);
    live(other, 2000);
    expect(one.snapshot()).toEqual(other.snapshot());
  });

  it('counts what it lived through as experience and as versions', () => {
    const policy = learner(settings);
    live(policy, 100);
    expect([policy.snapshot().experience, policy.tableVersion()]).toEqual([100, 100]);
  });
});

describe('exploring', () => {
  it('fades from 1 by .995 a step down to .01', () => {
    expect(live(learner({}), 100).epsilon).toBeCloseTo(0.995 ** 100, 12);
    expect(live(learner({}), 2000).epsilon).toBe(0.01);
  });

  it('happens only when it is allowed', () => {
    const policy = qLearning({ spec: s, seed: 1, settings: {} });
    const chance = random(3);
    const explored = Array.from({ length: 200 }, () => choose(policy, seen(3, 3), chance).explored);
    expect(explored).not.toContain(true);
    expect(live(policy, 10).epsilon).toBe(0);
  });

  it('tries every legal action and no other', () => {
    const policy = learner({ epsilonDecay: 1 });
    const chance = random(3);
    const tried = new Set(Array.from({ length: 500 }, () => choose(policy, seen(3, 3), chance).to));
    expect([...tried].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('acting in earnest', () => {
  it('holds where it has tried nothing', () => {
    const policy = qLearning({ spec: s, seed: 1, settings: {} });
    expect(choose(policy, seen(5, 2))).toMatchObject({ action: 0, reason: 'NeverTried' });
  });

  it('updates by Q ← Q + .1 · (r + .95 · max Q′ − Q)', () => {
    const policy = qLearning({ spec: s, seed: 1, settings: { initialValue: 0 } });
    const o = seen(3, 3);
    const learn = () =>
      policy.learn({ observation: o, decision: choose(policy, o), reward: reward(-1), next: seen(5, 5) });
    // from 0: 0 + .1 · (−1 + .95 · 0 − 0) = −.1, then −.1 + .1 · (−1 + .1) = −.19
    expect(learn().tdError).toBeCloseTo(-1, 12);
    expect(learn().tdError).toBeCloseTo(-0.9, 12);
    expect(choose(policy, o).values).toEqual([
      { option: 'hold', replicas: 3, value: expect.closeTo(-0.19, 12) },
    ]);
  });

  it('starts anew from a snapshot of another shape', () => {
    const policy = learner({ doubleQ: true });
    live(policy, 50);
    const plain = qLearning({
      spec: s,
      seed: 1,
      settings: {},
      snapshot: { ...policy.snapshot(), version: 1 },
    });
    expect(plain.tableVersion()).toBe(0);
  });
});
