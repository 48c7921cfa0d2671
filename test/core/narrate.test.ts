import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Circumstances, holderReasons } from '#core/circumstances';
import { factCheck } from '#core/fact-check';
import type { Fact } from '#core/facts';
import type { Cycle, SampleState } from '#core/model';
import { outcomes, pauseDirections } from '#core/model';
import { decisionEvidence, explain, type Narrated } from '#core/narrate';
import { oneLine } from '#core/one-line';
import { isReason, reasonWords } from '#core/reasons';
import { cycleId, decision, observation, record, replicas, reward, sample, spec, startAt } from '#test/make';

/** All numbers that stand anywhere in the record. */
const numbersIn = (value: unknown): readonly number[] => {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
};

const numbersOf = (fact: Fact): readonly number[] => {
  if (fact.kind === 'name') return [];
  if (fact.kind === 'time') return [fact.atSeconds];
  return fact.kind === 'number' ? [fact.value] : [fact.from, fact.to, fact.atSeconds];
};

const number = fc.double({ min: -1e4, max: 1e4, noNaN: true });
const odd = fc.oneof(number, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0));
const size = fc.integer({ min: 0, max: 1000 });
const word = fc.constantFrom(...Object.keys(reasonWords), 'SomethingOfTomorrow');

const name = fc.constantFrom('web', 'kube-controller-manager', 'a\nb\u001b[2J\u202e', '');
const known = (figure: fc.Arbitrary<number>): fc.Arbitrary<Circumstances> =>
  fc.record(
    {
      unschedulable: fc.nat(3),
      holder: fc.record({
        writer: name,
        reason: fc.constantFrom(...holderReasons),
        untilSeconds: fc.constantFrom(undefined, startAt + 600),
      }),
      floor: fc.record({ replicas: size, name }),
      schedule: fc.record({
        name,
        minReplicas: fc.option(size, { nil: undefined }),
        maxReplicas: fc.option(size, { nil: undefined }),
      }),
      approved: fc.record({ decisionId: fc.constant(cycleId()), to: size, by: name }),
      canaryRatio: figure,
    },
    { requiredKeys: [] },
  );

const records = (figure: fc.Arbitrary<number>): fc.Arbitrary<Narrated> =>
  fc
    .record({
      from: size,
      to: size,
      reason: word,
      expert: fc.constantFrom(undefined, 'nets-learned', 'hpa-rule'),
      lines: fc.option(fc.record({ low: figure, high: figure }), { nil: undefined }),
      values: fc.array(fc.record({ option: fc.constantFrom('a', 'b'), replicas: size, value: figure }), {
        maxLength: 21,
      }),
      limits: fc.array(
        fc.record({ step: fc.constantFrom('bounds', 'rate'), from: size, to: size, reason: word }),
      ),
      state: fc.constantFrom('fallback', 'cpu=91%', 'volatility=2 trend=+1 season=0 age=1', ''),
      samples: fc.array(
        fc.record({
          metric: fc.constantFrom('requests', 'cpu', 'other'),
          state: fc.constantFrom<SampleState>('ok', 'empty', 'stale', 'error'),
          value: fc.option(figure, { nil: undefined }),
          ageSeconds: figure,
          source: fc.constant('simulated'),
          detail: fc.constantFrom(undefined, 'HTTP 503\nno answer'),
        }),
      ),
      demand: fc.option(figure, { nil: undefined }),
      outcome: fc.constantFrom(...outcomes),
      credited: fc.option(fc.record({ total: figure, efficiency: figure, slo: figure, stability: figure }), {
        nil: undefined,
      }),
      regret: fc.option(figure, { nil: undefined }),
      pauses: fc.array(
        fc.record({
          by: name,
          direction: fc.constantFrom(...pauseDirections),
          untilSeconds: fc.constantFrom(startAt + 600, Number.POSITIVE_INFINITY),
          reason: name,
        }),
        { maxLength: 2 },
      ),
      rollout: fc.boolean(),
      circumstances: known(figure),
      onMetricLoss: fc.constantFrom(undefined, { action: 'Hold' as const }),
    })
    .map(
      ({
        samples,
        demand,
        outcome,
        credited,
        regret,
        rollout,
        circumstances,
        onMetricLoss,
        pauses,
        ...d
      }) => ({
        ...record({
          decision: decision({ ...d, action: d.to - d.from }),
          observation: observation({
            samples,
            demand,
            rollout,
            replicas: replicas({ desired: d.from }),
            ...circumstances,
          }),
          spec: spec({ onMetricLoss }),
          outcome,
          pauses,
          ...(regret === undefined ? {} : { learning: { regret } }),
        }),
        credited:
          credited &&
          reward({
            total: credited.total,
            terms: { efficiency: credited.efficiency, slo: credited.slo, stability: credited.stability },
          }),
      }),
    );

test('every number that is a fact of an explanation stands in the record', () => {
  fc.assert(
    fc.property(records(number), (r) => {
      // The age beyond which a metric is stale follows from the spec: max(15, 2 · 1). A regret below 0 is told as a gain.
      const known = new Set([15, ...numbersIn(r).map(Math.abs)]);
      const numbers = decisionEvidence(r).facts.flatMap(numbersOf);
      expect(numbers.filter((value) => !known.has(Math.abs(value)))).toEqual([]);
    }),
  );
});

test('a decision in one line says no number that is no fact of its explanation', () => {
  fc.assert(
    fc.property(records(odd), (r) => {
      expect(factCheck(decisionEvidence(r).facts, { ownWords: true })(oneLine(r as Cycle))).toEqual([]);
    }),
  );
});

test('whatever a record holds, its words never hold undefined, NaN or an empty line', () => {
  fc.assert(
    fc.property(records(odd), (r) => {
      const text = `${explain(r)}\n${oneLine(r as Cycle)}`;
      expect(text).not.toMatch(/undefined|NaN|Infinity|\[object|^\s*$/m);
      expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
      expect(explain(r).split('\n').length).toBeLessThanOrEqual(11);
    }),
  );
});

test('every figure and time of an explanation is one of its facts, in any record', () => {
  fc.assert(
    fc.property(records(odd), (r) => {
      const told = decisionEvidence(r);
      expect(told.text.split('\n').flatMap(factCheck(told.facts))).toEqual([]);
      expect(told.facts).toEqual([...new Map(told.facts.map((f) => [JSON.stringify(f), f])).values()]);
      expect(told.decisions[0]).toBe(r.id);
    }),
  );
});

test('words for reasons hold no digit', () => {
  expect(Object.values(reasonWords).filter((words) => /\d/.test(words))).toEqual([]);
});

test('a reason that is not known stands for itself', () => {
  const r = record({ decision: decision({ reason: 'toString' }) });
  expect(isReason('toString')).toBe(false);
  expect(explain(r)).toContain('because toString (toString)');
});

test('an order is told with its metric, its expert, the others, the limit and the reward', () => {
  const r = {
    ...record({
      decision: decision({
        from: 4,
        to: 6,
        action: 3,
        lines: { low: 6.8, high: 9.1 },
        values: [
          { option: 'nets-shipped', replicas: 7, value: -1.021 },
          { option: 'hpa-rule', replicas: 5, value: -1.187 },
        ],
        limits: [{ step: 'bounds', from: 7, to: 6, reason: 'TooManyReplicas' }],
      }),
    }),
    credited: reward(),
  };
  expect(explain(r).split('\n')).toEqual([
    'default/Deployment/web went from 4 to 6 replicas, 2026-01-05 00:00:00Z, because the size is below what the expert in charge holds to be the least, so it orders replicas (BelowLowLine).',
    'Seen: requests 150/s (1 s old), cpu 0.75 (1 s old); 4 of 4 replicas ready.',
    'In charge: nets-shipped, of shadow-q; the load is as restless as usual, level, without a rhythm to trust. It orders up to 6.8 or a little more when there are fewer and releases down to 9.1 when there are clearly more.',
    'Wanted by each option: nets-shipped 7 (-1.021), hpa-rule 5 (-1.187); in brackets what it is worth, the greater the better.',
    'Limited: bounds turned 7 into 6, because the greatest size allowed is this (TooManyReplicas).',
    'Done: 4 → 6 was set (actuator: simulator).',
    'Reward: -1.050 = -0.900 for replicas, -0.150 for late requests (by the late-share law), 0.000 for the change of size.',
    `Decision ${r.id}, trace ${r.traceId}.`,
  ]);
  expect(oneLine(r)).toBe(
    '4 → 6: demand is 150 rps; nets-shipped orders up to 6.8; bounds sets 6 (TooManyReplicas)',
  );
});

test('what bore on the size besides metrics is told, with names in one line', () => {
  const r = record({
    observation: observation({
      unschedulable: 1,
      holder: { writer: 'kube-controller-manager', reason: 'HorizontalPodAutoscaler' },
      floor: { replicas: 2, name: 'web-pdb' },
      schedule: { name: 'opening\nhours', minReplicas: 3, maxReplicas: 20 },
      canaryRatio: 0.2,
    }),
  });
  expect(explain(r).split('\n')[2]).toBe(
    "Besides: 1 pod finds no node; kube-controller-manager is respected, because a HorizontalPodAutoscaler scales this target too (HorizontalPodAutoscaler); web-pdb asks for at least 2 replicas; by the clock at least 3 replicas and at most 20 replicas (opening hours); no further than 0.20 of it from the size of the HPA's rule.",
  );
  expect(oneLine(r)).toContain('; kube-controller-manager sets the size too (HorizontalPodAutoscaler)');
});

test('a person is named with the time for which their size is left alone', () => {
  const holder = { writer: 'kubectl', reason: 'ManualScaling', untilSeconds: startAt + 600 } as const;
  expect(explain(record({ observation: observation({ holder }) }))).toContain(
    'Besides: kubectl is respected until 2026-01-05 00:10:00Z, because a person has set the size by hand, and it is left alone for a while (ManualScaling).',
  );
});

test('an approval is told with the person and the decision that proposed it', () => {
  const approved = { decisionId: cycleId(startAt - 60), to: 6, by: 'ann' };
  const r = record({
    mode: 'Approve',
    observation: observation({ approved }),
    decision: decision({ to: 6, reason: 'Approved', expert: undefined }),
  });
  expect(explain(r)).toContain(
    `Besides: ann approved 6 replicas, as decision ${approved.decisionId} proposed.`,
  );
  expect(explain(r)).toContain('In charge would be: shadow-q;');
});

test('a pause is told with who wanted it, until when and why', () => {
  const pauses = [
    { by: 'ann', direction: 'down', untilSeconds: startAt + 600, reason: 'sale\nat 9' },
  ] as const;
  expect(explain({ ...record(), pauses })).toContain(
    'Besides: ann keeps it from shrinking until 2026-01-05 00:10:00Z ("sale at 9").',
  );
});

test('what is never done without demand is not announced', () => {
  const blind = { observation: observation({ demand: undefined, samples: [] }) };
  expect(explain(record(blind))).toContain('in a longer doubt CPU and memory may raise it');
  const hold = spec({ onMetricLoss: { action: 'Hold' } });
  expect(explain(record({ ...blind, spec: hold }))).not.toContain('longer doubt');
});

test('what was missing, and what that did, is said', () => {
  const empty = sample({ state: 'error', value: undefined, detail: 'HTTP 503' });
  const r = record({
    observation: observation({ samples: [empty], demand: undefined }),
    decision: decision({ reason: 'MissingMetric', lines: undefined, expert: undefined, values: [] }),
  });
  expect(explain(r)).toContain('requests error ("HTTP 503")');
  expect(explain(r)).toContain('In doubt: there is no demand to go by (requests), so the size was held');
  expect(oneLine(r)).toMatch(
    /^stays at 4: demand is not known; demand is not known, and nothing is concluded/,
  );
});
