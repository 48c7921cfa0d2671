import { describe, expect, it } from 'vitest';
import { ordersOf, whatWasDone } from '#cli/compare/what-was-done';
import { decision, observation, record, replicas, spec, startAt } from '#test/make';

/** Found `desired`, of which `ready`; ordered `to`, where that is another. */
const seen = (t: number, desired: number, ready: number, to = desired, more = {}) =>
  record({
    atSeconds: startAt + t,
    observation: observation({ atSeconds: startAt + t, replicas: replicas({ desired, ready }) }),
    decision: decision({ from: desired, to }),
    ...more,
  });
const done = (...records: readonly ReturnType<typeof seen>[]) => whatWasDone(records)!;

describe('what was done', () => {
  it('is nothing without a decision', () => {
    expect(whatWasDone([])).toBeUndefined();
  });

  it('is the sizes that were ordered, and those that somebody else had ordered', () => {
    const { sizes } = done(seen(0, 4, 4, 6), seen(5, 6, 4), seen(10, 9, 4));
    expect(sizes.map(({ atSeconds, replicas }) => [atSeconds - startAt, replicas])).toEqual([
      [0, 4],
      [0, 6],
      [5, 6],
      [10, 9],
    ]);
  });

  it('is not what was wished for in shadow', () => {
    const { sizes } = done(seen(0, 4, 4, 6, { outcome: 'shadowed' as const }));
    expect(sizes.map(({ replicas }) => replicas)).toEqual([4]);
  });

  it('is told in seconds of the load, from the size that held before it', () => {
    const what = done(seen(0, 4, 4), seen(5, 5, 5), seen(10.5, 5, 5, 7), seen(15, 7, 5));
    expect(ordersOf(what, startAt + 8)).toEqual([
      { second: 0, replicas: 5 },
      { second: 2, replicas: 5 },
      { second: 2, replicas: 7 },
      { second: 7, replicas: 7 },
    ]);
  });

  it('takes its start-up from scalings up that nothing came between', () => {
    const interrupted = [seen(60, 6, 6, 8), seen(65, 8, 6, 9), seen(70, 9, 9)];
    const { startUpSeconds } = done(seen(0, 4, 4, 6), seen(20, 6, 5), seen(40, 6, 6), ...interrupted);
    expect(startUpSeconds).toEqual([40]);
  });

  it('says when the settings changed', () => {
    const changed = { spec: spec({ maxReplicas: 9 }) };
    expect(done(seen(0, 4, 4), seen(5, 4, 4, 4, changed), seen(10, 4, 4, 4, changed)).specChangedAt).toEqual([
      startAt + 5,
    ]);
  });
});
