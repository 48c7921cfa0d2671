import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cycle, SampleState } from '#core/model';
import { outcomes } from '#core/model';
import { explain, type Narrated } from '#core/narrate';
import { oneLine } from '#core/one-line';
import { isReason, reasonWords } from '#core/reasons';
import { decision, observation, record, replicas, reward, sample } from '#test/make';

/** All numbers that stand anywhere in the record, in strings too. */
const numbersIn = (value: unknown): readonly number[] => {
  if (typeof value === 'number') return [value];
  if (typeof value === 'string') return (value.match(/\d+(\.\d+)?/g) ?? []).map(Number);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
};

/** Figures of a text that are no rounding of a number of the record. */
const foreign = (text: string, from: Narrated): readonly string[] => {
  const time = new Date(from.atSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
  const known = numbersIn(from);
  const bare = text.replaceAll(from.id, '').replaceAll(from.traceId, '').replaceAll(time, '');
  return (bare.match(/\d+(\.\d+)?/g) ?? []).filter((token) => {
    const digits = token.split('.')[1]?.length ?? 0;
    return !known.some((number) => Math.abs(number).toFixed(digits) === token);
  });
};

const number = fc.double({ min: -1e4, max: 1e4, noNaN: true });
const odd = fc.oneof(number, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0));
const size = fc.integer({ min: 0, max: 1000 });
const word = fc.constantFrom(...Object.keys(reasonWords), 'SomethingOfTomorrow');

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
      rollout: fc.boolean(),
    })
    .map(({ samples, demand, outcome, credited, regret, rollout, ...d }) => ({
      ...record({
        decision: decision({ ...d, action: d.to - d.from }),
        observation: observation({ samples, demand, rollout, replicas: replicas({ desired: d.from }) }),
        outcome,
        ...(regret === undefined ? {} : { learning: { regret } }),
      }),
      credited:
        credited &&
        reward({
          total: credited.total,
          terms: { efficiency: credited.efficiency, slo: credited.slo, stability: credited.stability },
        }),
    }));

test('every number of an explanation stands in the record', () => {
  fc.assert(
    fc.property(records(number), (r) => {
      // The age beyond which a metric is stale follows from the spec: max(15, 2 · 1).
      const text = explain(r).replace('15 s that are trusted', '');
      expect(foreign(`${text}\n${oneLine(r as Cycle)}`, r)).toEqual([]);
    }),
  );
});

test('whatever a record holds, its words never hold undefined, NaN or an empty line', () => {
  fc.assert(
    fc.property(records(odd), (r) => {
      const text = `${explain(r)}\n${oneLine(r as Cycle)}`;
      expect(text).not.toMatch(/undefined|NaN|Infinity|\[object|^\s*$/m);
      expect(explain(r).split('\n').length).toBeLessThanOrEqual(10);
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

test('what was missing, and what that did, is said', () => {
  const empty = sample({ state: 'error', value: undefined, detail: 'HTTP 503' });
  const r = record({
    observation: observation({ samples: [empty], demand: undefined }),
    decision: decision({ reason: 'MissingMetric', lines: undefined, expert: undefined, values: [] }),
  });
  expect(explain(r)).toContain('requests error (HTTP 503)');
  expect(explain(r)).toContain('In doubt: there is no demand to go by (requests), so the size was held');
  expect(oneLine(r)).toMatch(
    /^stays at 4: demand is not known; demand is not known, and nothing is concluded/,
  );
});
