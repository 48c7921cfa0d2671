import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { legal, limit } from '#core/limits';
import type { Decision, Legal, Observation, Reward, Snapshot, Spec } from '#core/model';
import { emptyPast } from '#core/past';
import type { History, Policy, PolicyMaker, PolicySettings } from '#core/policy';
import { random } from '#core/random';
import { simulatedWorld, wholeView } from '#simulator/world';
import { observation, replicas, sample, spec as specOf } from '#test/make';

const seed = 7;
const spec: Spec = specOf({ maxReplicas: 20 });

/** Two waves of twenty minutes with noise: enough for every policy to scale both ways. */
const arrivals = (): Float64Array => {
  const chance = random(seed);
  return Float64Array.from({ length: 2400 }, (_, t) =>
    Math.max(0, Math.round(300 + 220 * Math.sin((2 * Math.PI * t) / 1200) + 20 * chance.normal())),
  );
};

type Step = { readonly o: Observation; readonly mask: Legal; readonly decision: Decision };
type World = ReturnType<typeof simulatedWorld>;

/** How far the arrivals of an observation reach: what the next one begins with. */
const seenUntil = (o: Observation | undefined): number =>
  o?.arrivals === undefined ? 0 : o.arrivals.startsAt + o.arrivals.counts.length;

const look = (world: World, at: number, since: number): Observation => {
  const reading = world.read(at, since, wholeView);
  const demand = reading.samples.find(({ metric }) => metric === 'requests')?.value;
  const { rollout, ...sizes } = world.replicas();
  return { ...reading, atSeconds: at, replicas: sizes, demand, rollout };
};

/** One policy's part of a cycle: the interval that has ended is scored and learnt from, then it decides. */
const turn = (policy: Policy, before: Step | undefined, o: Observation, mask: Legal): Decision => {
  if (before !== undefined) {
    const reward = policy.score(before.o, before.decision, o);
    policy.learn({ observation: before.o, decision: before.decision, reward, next: o });
  }
  return limit(policy.decide(o, mask, random(seed, o.atSeconds)), mask);
};

/** The loop in small: look, choose, act, score, learn. */
const live = (
  policy: Policy,
  steps: number,
  onStep: (step: Step, before: Step | undefined) => void = () => {},
): readonly Step[] => {
  const world = simulatedWorld({ arrivals: arrivals(), spec });
  const taken: Step[] = [];
  for (let k = 0; k < steps; k++) {
    const before = taken.at(-1);
    const o = look(world, k * spec.intervalSeconds, seenUntil(before?.o));
    const mask = legal(o, spec);
    const step = { o, mask, decision: turn(policy, before, o, mask) };
    world.scale(step.decision.to);
    taken.push(step);
    onStep(step, before);
  }
  return taken;
};

const demandUntil = (second: number): History => ({
  startsAt: 0,
  counts: Float32Array.from(arrivals().subarray(0, second)),
});

/** As a store gives it back. */
const stored = (policy: Policy): Snapshot =>
  JSON.parse(JSON.stringify({ ...policy.snapshot(), version: 1 })) as Snapshot;

const states = ['ok', 'empty', 'stale', 'error'] as const;

/** Observations that a bad day brings: any sample in any state, no samples, NaN, no pods, a rollout. */
const badObservation = fc
  .record({
    desired: fc.integer({ min: 0, max: 40 }),
    ready: fc.integer({ min: 0, max: 40 }),
    demand: fc.option(fc.constantFrom(0, 40, 900, 1e9, Number.NaN), { nil: undefined }),
    samples: fc.array(
      fc.record({
        metric: fc.constantFrom('requests', 'cpu', 'memory', 'late', 'queue'),
        state: fc.constantFrom(...states),
        value: fc.constantFrom(0, 0.4, 0.97, 300, Number.NaN),
        ageSeconds: fc.constantFrom(0, 5, 400),
      }),
      { maxLength: 4 },
    ),
    rollout: fc.boolean(),
    pods: fc.constantFrom(undefined, []),
    at: fc.integer({ min: 0, max: 10_000 }),
  })
  .map(({ desired, ready, demand, samples, rollout, pods, at }) =>
    observation({
      atSeconds: at,
      replicas: replicas({ desired, ready: Math.min(desired, ready), starting: 0 }),
      demand,
      samples: samples.map(({ state, value, ...rest }) =>
        sample({ ...rest, state, value: state === 'ok' || state === 'stale' ? value : undefined }),
      ),
      rollout,
      pods,
    }),
  );

const zeroReward = (total: number): Reward => ({
  total,
  terms: { efficiency: total, slo: 0, stability: 0 },
  window: { from: 0, to: 5 },
  lateFrom: 'law',
});

/** What every policy keeps to. */
export const policyContract = (name: string, maker: PolicyMaker, settings: PolicySettings = {}): void => {
  const make = (snapshot?: Snapshot, history?: History): Policy =>
    maker({ spec, seed, settings, snapshot, history });
  const title = Object.keys(settings).length === 0 ? name : `${name} ${JSON.stringify(settings)}`;

  describe(`policy contract: ${title}`, () => {
    it('goes by its name', () => {
      expect([make().name, make().snapshot().policy]).toEqual([name, name]);
    });

    it('chooses only among legal sizes, so that no limit changes its choice', () => {
      for (const { decision } of live(make(), 480)) {
        expect(decision.limits).toEqual([]);
        expect(decision.to).toBe(decision.from + decision.action);
      }
    });

    it('stays within any range that is left to it', () => {
      const [policy, o] = [make(), live(make(), 20).at(-1)!.o];
      const from = o.replicas.desired;
      fc.assert(
        fc.property(fc.nat(30), fc.nat(30), fc.nat(), (below, above, n) => {
          const mask = { from, low: Math.max(0, from - below), high: from + above, withheld: [] };
          const to = from + policy.decide(o, mask, random(n)).action;
          expect(to).toBeGreaterThanOrEqual(mask.low);
          expect(to).toBeLessThanOrEqual(mask.high);
        }),
      );
    });

    it('runs the same with the same seed', () => {
      expect(live(make(), 240)).toEqual(live(make(), 240));
    });

    it('decides alike after it was stored and read back', () => {
      const first = make();
      let second: Policy | undefined;
      live(first, 480, (step, before) => {
        if (second !== undefined) expect(turn(second, before, step.o, step.mask)).toEqual(step.decision);
        if (step.o.atSeconds === 1200) second = make(stored(first), demandUntil(seenUntil(step.o)));
      });
      expect(stored(second!)).toEqual(stored(first));
    });

    it('gives a snapshot that JSON keeps', () => {
      const policy = make();
      live(policy, 60);
      const { version: _, ...kept } = stored(policy);
      expect(kept).toEqual(policy.snapshot());
    });

    it('survives whatever a bad day shows it, and never lowers on partial data', () => {
      const policy = make();
      live(policy, 60);
      fc.assert(
        fc.property(badObservation, fc.nat(), (o, n) => {
          const mask = legal(o, spec, { ...emptyPast, misses: n % 5 });
          const { action } = policy.decide(o, mask, random(n));
          const doubtful = o.demand === undefined || o.samples.some(({ state }) => state !== 'ok');
          expect(Number.isInteger(action)).toBe(true);
          if (doubtful || o.rollout) expect(action).toBeGreaterThanOrEqual(0);
        }),
        { numRuns: 300 },
      );
    });

    it('learns from anything without a throw, in versions that only rise', () => {
      const policy = make();
      const steps = live(policy, 60);
      let version = policy.tableVersion();
      const credited = steps.at(-1)!.decision;
      fc.assert(
        fc.property(badObservation, badObservation, fc.constantFrom(-1, 0, Number.NaN), (o, next, r) => {
          policy.learn({ observation: o, decision: credited, reward: zeroReward(r), next });
          expect(policy.tableVersion()).toBeGreaterThanOrEqual(version);
          version = policy.tableVersion();
        }),
      );
    });
  });
};
