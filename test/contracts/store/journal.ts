import fc from 'fast-check';
import { expect, it } from 'vitest';
import { outcomes } from '#core/model';
import { CursorError, type DecisionQuery, type DecisionRecord, type Store } from '#ports';
import type { Opening } from '#test/contracts/store/database';
import {
  cycleId,
  decision,
  observation,
  record,
  replicas,
  reward,
  sample,
  startAt,
  target,
} from '#test/make';

const queried = sample({ state: 'error', value: undefined, query: 'up{job="web"}', detail: 'HTTP 503' });
const pod = {
  count: 1,
  phase: 'Running',
  ready: true,
  readyTransitionAt: startAt - 60,
  startAt: startAt - 90,
  deleted: false,
  requestMilli: 500,
  usageMilli: undefined,
  sampleAt: undefined,
  windowSeconds: 30,
} as const;
/** With what JSON, SQL and the packing of numbers could stumble over. */
const texts = fc.oneof(
  fc.string(),
  fc.constantFrom('\u0000', '🙂', '\ud800', '"$number"', "'; drop table", '\\u0000'),
);
const seen = observation({
  samples: [sample(), queried],
  pods: [pod],
  arrivals: { startsAt: startAt - 5, stepSeconds: 1, counts: [1, 2, 3, 4, 5] },
});
const credit = (decisionId: string, overrides = {}) => ({
  decisionId,
  traceId: '1'.repeat(32),
  spanId: '2'.repeat(16),
  reward: reward(overrides),
});

const numbered = (n: number, overrides: Partial<DecisionRecord> = {}): DecisionRecord =>
  record({ id: cycleId(startAt, n), ...overrides });

const appendAll = async (store: Store, records: readonly DecisionRecord[]): Promise<void> => {
  for (const each of records) await store.append(each);
};

const readAll = async (store: Store, query: DecisionQuery): Promise<readonly string[]> => {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.decisions({ ...query, cursor });
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    ids.push(...page.items.map((item) => item.id));
    cursor = page.next;
  } while (cursor !== undefined);
  return ids;
};

export const journalContract = ({ open }: Opening): void => {
  it('gives back a decision that changed as it was, but for its arrivals', async () => {
    const [store, changed] = [await open(), record({ observation: seen, decision: decision({ action: 2 }) })];
    await store.append(changed);
    const { arrivals: _, ...rest } = seen;
    expect(await store.decision(changed.id)).toEqual({ ...changed, observation: rest });
  });

  it('keeps of a plain hold the samples, options, lines and reason, not its pods and queries', async () => {
    const [store, held] = [await open(), record({ observation: seen })];
    await store.append(held);
    expect(await store.decision(held.id)).toEqual({
      ...held,
      observation: observation({ samples: [sample(), sample({ state: 'error', value: undefined })] }),
    });
  });

  it.each([
    { outcome: 'failed', error: '[kubernetes] 409 conflict on default/web' } as const,
    { outcome: 'awaiting-approval' } as const,
    { decision: decision({ limits: [{ step: 'bounds', from: 5, to: 4, reason: 'TooManyReplicas' }] }) },
  ])('keeps a hold that is not plain whole: %o', async (overrides) => {
    const [store, held] = [await open(), record({ observation: seen, ...overrides })];
    await store.append(held);
    expect((await store.decision(held.id))?.observation.pods).toEqual([pod]);
  });

  it('knows no decision that was not appended', async () => {
    const store = await open();
    expect(await store.decision(cycleId())).toBeUndefined();
    expect(await store.decisions({ limit: 10 })).toEqual({ items: [], next: undefined });
    expect(await store.targets()).toEqual([]);
  });

  it('keeps every number and every text (law)', async () => {
    const store = await open();
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.double(), fc.double(), texts, async (low, value, text) => {
        n += 1;
        const wanted = decision({ lines: { low: low + 0, high: 5 }, reason: text, action: 1 });
        const kept = numbered(n, {
          decision: wanted,
          observation: observation({ samples: [sample({ value: value + 0 })] }),
        });
        await store.append(kept);
        expect(await store.decision(kept.id)).toEqual(kept);
      }),
      { numRuns: 30 },
    );
  });

  it('appends the same decision once, however often it is asked to', async () => {
    const store = await open();
    await store.append(numbered(1));
    const twice = numbered(2, { reward: credit(cycleId(startAt, 1)), observation: seen });
    await appendAll(store, [twice, twice]);
    expect(await readAll(store, { limit: 10 })).toEqual([cycleId(startAt, 2), cycleId(startAt, 1)]);
    expect((await store.targets())[0]?.decisions).toBe(2);
  });

  it('shows a reward with the decision it is credited to, in a page and alone', async () => {
    const store = await open();
    await appendAll(store, [numbered(1), numbered(2, { reward: credit(cycleId(startAt, 1)) })]);
    expect((await store.decision(cycleId(startAt, 1)))?.credited).toEqual(reward());
    const { items } = await store.decisions({ limit: 10 });
    expect(items.map((item) => item.credited)).toEqual([undefined, reward()]);
  });

  it('keeps the first reward of a decision', async () => {
    const store = await open();
    const [first, second] = [
      credit(cycleId(startAt, 1), { total: -1 }),
      credit(cycleId(startAt, 1), { total: -2 }),
    ];
    await appendAll(store, [numbered(1), numbered(2, { reward: first }), numbered(3, { reward: second })]);
    expect((await store.decision(cycleId(startAt, 1)))?.credited?.total).toBe(-1);
  });

  it('pages through any filter in either order, every decision once (law)', async () => {
    const store = await open();
    const records = Array.from({ length: 60 }, (_, n) => {
      const atSeconds = startAt + 5 * Math.floor(n / 3); // three of one instant
      return record({
        id: cycleId(atSeconds, n),
        atSeconds,
        target: target(n % 4 === 0 ? 'api' : 'web'),
        outcome: outcomes[n % outcomes.length]!,
        decision: decision({ action: n % 7 === 0 ? 1 : 0 }),
      });
    });
    await appendAll(store, records);
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const queries = fc.record({
      target: maybe(fc.constantFrom(target('api'), target('web'), target('none'))),
      fromSeconds: maybe(fc.integer({ min: startAt, max: startAt + 100 })),
      toSeconds: maybe(fc.integer({ min: startAt, max: startAt + 100 })),
      outcome: maybe(fc.constantFrom(...outcomes)),
      changed: maybe(fc.boolean()),
      oldestFirst: maybe(fc.boolean()),
      limit: fc.integer({ min: 1, max: 70 }),
    });
    await fc.assert(
      fc.asyncProperty(queries, async (query) => {
        const wanted = records
          .filter((r) => query.target === undefined || r.target.name === query.target.name)
          .filter((r) => r.atSeconds >= (query.fromSeconds ?? 0))
          .filter((r) => r.atSeconds < (query.toSeconds ?? Number.POSITIVE_INFINITY))
          .filter((r) => query.outcome === undefined || r.outcome === query.outcome)
          .filter((r) => query.changed === undefined || (r.decision.to !== r.decision.from) === query.changed)
          .sort((a, b) => b.atSeconds - a.atSeconds || (a.id < b.id ? 1 : -1));
        const ids = wanted.map((r) => r.id);
        expect(await readAll(store, query)).toEqual(query.oldestFirst ? ids.reverse() : ids);
      }),
      { numRuns: 60 },
    );
  });

  it('pages on where it stopped, though newer decisions have come', async () => {
    const store = await open();
    await appendAll(store, [numbered(1), numbered(2), numbered(3)]);
    const { next } = await store.decisions({ limit: 2 });
    await store.append(numbered(4));
    const page = await store.decisions({ limit: 2, cursor: next });
    expect(page.items.map((item) => item.id)).toEqual([cycleId(startAt, 1)]);
  });

  it.each(['', 'nonsense', 'WzFd', '🙂'])('refuses "%s" as a cursor', async (cursor) => {
    const store = await open();
    await expect(store.decisions({ limit: 1, cursor })).rejects.toThrow(CursorError);
  });

  it('keeps clusters apart, and reads the workload of a name in all of them', async () => {
    const store = await open();
    await appendAll(store, [
      numbered(1, { cluster: 'east' }),
      numbered(2, { cluster: 'west' }),
      numbered(3, { cluster: 'east' }),
    ]);
    expect(await readAll(store, { target: target(), limit: 2 })).toEqual(
      [3, 2, 1].map((n) => cycleId(startAt, n)),
    );
    expect(await readAll(store, { target: target(), cluster: 'east', limit: 2 })).toEqual(
      [3, 1].map((n) => cycleId(startAt, n)),
    );
    expect(await readAll(store, { target: target(), cluster: 'north', limit: 2 })).toEqual([]);
    expect((await store.targets()).map(({ cluster, decisions }) => ({ cluster, decisions }))).toEqual([
      { cluster: 'east', decisions: 2 },
      { cluster: 'west', decisions: 1 },
    ]);
  });

  it('sums up a target by its newest decision, whatever the order of arrival', async () => {
    const store = await open();
    const grown = decision({ action: 2 });
    await appendAll(store, [
      record({ id: cycleId(startAt + 9), atSeconds: startAt + 9, decision: grown, policy: { name: 'hpa' } }),
      record({ observation: observation({ replicas: replicas({ desired: 4 }) }) }),
    ]);
    expect(await store.targets()).toEqual([
      {
        cluster: 'home',
        target: target(),
        policy: 'hpa',
        firstAtSeconds: startAt,
        wholeFromSeconds: startAt,
        lastAtSeconds: startAt + 9,
        replicas: 6,
        decisions: 2,
      },
    ]);
  });

  it('shows what a target has, not what was shadowed or failed', async () => {
    const store = await open();
    await store.append(record({ decision: decision({ action: 2 }), outcome: 'shadowed' }));
    expect((await store.targets())[0]?.replicas).toBe(4);
  });

  it('takes appends of many targets at once', async () => {
    const store = await open();
    const records = Array.from({ length: 40 }, (_, n) => numbered(n, { target: target(`web-${n % 8}`) }));
    await Promise.all(records.map((each) => store.append(each)));
    expect((await store.targets()).map((summary) => summary.decisions)).toEqual(Array(8).fill(5));
  });
};
