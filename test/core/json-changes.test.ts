import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changesText, jsonChanges } from '#core/json-changes';

it('names each place where two values differ, as deep as both are alike', () => {
  const from = {
    mode: 'Shadow',
    workload: { slo: 1, start: 2 },
    metrics: [{ query: 'a' }],
    pause: { until: 1 },
  };
  const to = { mode: 'Auto', workload: { slo: 1, start: 3 }, metrics: [{ query: 'b' }, { query: 'c' }] };
  expect(jsonChanges(from, to)).toEqual([
    { path: 'mode', from: 'Shadow', to: 'Auto' },
    { path: 'workload.start', from: 2, to: 3 },
    { path: 'metrics[0].query', from: 'a', to: 'b' },
    { path: 'metrics[1]', from: undefined, to: { query: 'c' } },
    { path: 'pause', from: { until: 1 }, to: undefined },
  ]);
});

it('finds nothing where nothing differs, and something wherever JSON does (law)', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(jsonChanges(a, structuredClone(a))).toEqual([]);
      const alike = JSON.stringify(a) === JSON.stringify(b);
      if (alike) expect(jsonChanges(a, b)).toEqual([]);
    }),
  );
});

it('says what changed in words, not without end', () => {
  const long = 'x'.repeat(200);
  expect(changesText([{ path: 'mode', from: 'Shadow', to: 'Auto' }])).toBe('mode Shadow → Auto');
  expect(changesText([{ path: 'pause', from: { until: 1 } }])).toBe('pause {"until":1} → unset');
  expect(changesText([{ path: 'query', from: '', to: long }]).length).toBeLessThan(120);
  const many = Array.from({ length: 9 }, (_, i) => ({ path: `p${i}`, from: i, to: i + 1 }));
  expect(changesText(many, 2)).toBe('p0 0 → 1, p1 1 → 2, and 7 more');
});
