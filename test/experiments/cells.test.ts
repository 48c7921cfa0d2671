import { describe, expect, it } from 'vitest';
import { cellsOf, conditionsOf } from '#experiments/cells';
import { type Definition, definitionSchema } from '#experiments/definition';
import { shardOf } from '#experiments/estimate';
import type { Load } from '#simulator/load';

const load = (name: string, rps = [10, 20, 30]): Load => ({
  name,
  stepSeconds: 60,
  rps: Float64Array.from(rps),
});
const loads = [load('a'), load('b', [3, 2, 1])];

const definition = (more: object = {}): Definition =>
  definitionSchema.parse({
    question: 'Which?',
    loads: ['a', 'b'],
    contestants: [{ name: 'hpa' }, { name: 'static', sweep: { replicas: [1, 2, 3] } }],
    ...more,
  });

const keys = (more: object, on = loads): readonly string[] =>
  cellsOf(definition(more), on).map(({ key }) => key);

describe('the cells of a definition', () => {
  it('are one for each contestant, load, seed, drawing and condition', () => {
    const cells = cellsOf(
      definition({ seeds: [1, 2], drawings: ['lines', 'steps'], conditions: [{ latePrice: [1e-3, 1e-5] }] }),
      loads,
    );
    // 4 contestants · 2 loads · 2 seeds · 2 drawings · 3 conditions
    expect(new Set(cells.map(({ key }) => key)).size).toBe(96);
  });

  it('bear the values of a sweep in their names', () => {
    expect(cellsOf(definition(), loads).map(({ contestant }) => contestant)).toContain('static replicas=2');
  });

  it('keep their keys when only words change', () => {
    const renamed = [
      { name: 'ours', policy: 'hpa' },
      { name: 'static', sweep: { replicas: [1, 2, 3] } },
    ];
    expect(keys({ question: 'Why?', contestants: renamed })).toEqual(keys({}));
  });

  it('keep their keys beside a contestant that is changed', () => {
    const changed = [
      { name: 'hpa', settings: { target: 0.5 } },
      { name: 'static', sweep: { replicas: [1, 2, 3] } },
    ];
    const before = new Set(keys({}));
    // the HPA on two loads
    expect(keys({ contestants: changed }).filter((key) => !before.has(key)).length).toBe(2);
  });

  it('change their keys with the readings of their load', () => {
    const before = new Set(keys({}));
    const after = keys({}, [load('a', [10, 20, 31]), load('b', [3, 2, 1])]);
    expect(after.filter((key) => !before.has(key)).length).toBe(4);
  });

  it('scale the share of the fleet where a load is scaled to it', () => {
    const vary = { amplitude: [2, 2] };
    const [cell] = cellsOf(definition({ vary, judge: { scaleP95: 0.25 } }), loads);
    expect([cell!.trial.scaleP95, cell!.variation.amplitude]).toEqual([0.5, 1]);
  });
});

describe('conditions', () => {
  it('are all combinations of their lists, beside the settings as they are', () => {
    const conditions = [{ startUpSeconds: [15, 90], metricAge: [1, 30] }, { latePrice: [1e-3] }];
    expect(conditionsOf(definition({ conditions })).map(({ condition }) => condition)).toEqual([
      'as set',
      'startUpSeconds=15 metricAge=1',
      'startUpSeconds=15 metricAge=30',
      'startUpSeconds=90 metricAge=1',
      'startUpSeconds=90 metricAge=30',
      'latePrice=0.001',
    ]);
  });
});

describe('shards', () => {
  it('share out all cells, none of them twice', () => {
    const cells = cellsOf(definition({ seeds: [1, 2, 3] }), loads);
    const byName = new Map(loads.map((each) => [each.name, each]));
    const shared = [1, 2, 3].flatMap((index) => shardOf(cells, byName, { index, count: 3 }));
    expect(shared.map(({ key }) => key).toSorted()).toEqual(cells.map(({ key }) => key).toSorted());
  });
});
