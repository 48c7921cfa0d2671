import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chance, decide, decider } from '#agents/decider';
import type { Mode } from '#core/model';
import { emptyPast } from '#core/past';
import { random } from '#core/random';
import { observation, replicas, sample, spec, startAt, target } from '#test/make';
import { smallPolicy } from '#test/small-policy';

const past = (misses: number) => ({ ...emptyPast, misses });
const blind = (cpu: number) =>
  observation({
    demand: undefined,
    samples: [sample({ state: 'error', value: undefined }), sample({ metric: 'cpu', value: cpu })],
  });

test('what the policy wants is done as far as it is legal', () => {
  const busy = observation({ demand: 600 });
  const decision = decide(smallPolicy(), busy, spec({ maxReplicas: 9 }), emptyPast, random(1));
  // 600 / (0.6 · 50) = 20 replicas, of which 9 are allowed.
  expect(decision).toMatchObject({ from: 4, to: 9 });
});

test.each([0, 1])('after %i misses the next miss holds', (misses) => {
  expect(decide(smallPolicy(), blind(0.95), spec(), past(misses), random(1)).to).toBe(4);
});

test('at the third miss in a row the HPA rule raises on what is left', () => {
  // ceil(4 · 0.95 / 0.62) = 7
  const decision = decide(smallPolicy(), blind(0.95), spec(), past(2), random(1));
  expect(decision).toMatchObject({ to: 7, expert: 'hpa-rule' });
});

test('however long demand is missing, nothing is lowered', () => {
  const cases = fc.record({
    misses: fc.nat(20),
    cpu: fc.double({ min: 0, max: 3, noNaN: true }),
    from: fc.nat(60),
  });
  fc.assert(
    fc.property(cases, ({ misses, cpu, from }) => {
      const seen = { ...blind(cpu), replicas: replicas({ desired: from, ready: from }) };
      return decide(smallPolicy(), seen, spec(), past(misses), random(1)).to >= from;
    }),
  );
});

test('the same cycle draws the same chance, another one another', () => {
  const draw = (atSeconds: number, key = 'default/Deployment/web') => chance(7, key, atSeconds).next();
  expect(draw(startAt)).toBe(draw(startAt));
  expect(new Set([draw(startAt), draw(startAt + 0.25), draw(startAt + 5), draw(startAt, 'other')]).size).toBe(
    4,
  );
});

test('a pause holds the size', async () => {
  const pauses = () =>
    [{ untilSeconds: startAt + 60, direction: 'both', reason: 'sale', by: 'ann' }] as const;
  const agent = decider({ policy: smallPolicy(), seed: 1, past: () => emptyPast, pauses });
  const { decision } = await agent({
    target: target(),
    spec: spec(),
    atSeconds: startAt,
    observation: observation({ demand: 600 }),
  });
  expect(decision.to).toBe(4);
});

test('what the policy wished is not done where the clock prescribes otherwise', () => {
  const early = observation({ demand: 60, schedule: { name: 'opening', minReplicas: 12 } });
  const decision = decide(smallPolicy(), early, spec(), emptyPast, random(1));
  expect(decision).toMatchObject({ from: 4, to: 12, reason: 'ScheduleFloor', expert: undefined });
});

test('Shadow decides freely beside whoever sets the size', () => {
  const holder = { writer: 'kube-controller-manager', reason: 'HorizontalPodAutoscaler' } as const;
  const beside = observation({ demand: 600, holder });
  const to = (mode: Mode) => decide(smallPolicy(), beside, spec(), emptyPast, random(1), mode).to;
  expect(to('Auto')).toBe(4);
  expect(to('Shadow')).toBeGreaterThan(4);
});
