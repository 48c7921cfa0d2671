import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DecisionRecord, Retention, Store } from '#ports';
import type { Opening } from '#test/contracts/store/database';
import { cycleId, decision, record, reward, startAt, target } from '#test/make';

const hour = 3600;
const day = 24 * hour;

const retention = (overrides: Partial<Retention> = {}): Retention => ({
  decisionsSeconds: 7 * day,
  changedSeconds: 90 * day,
  decisionsBytes: 1e12,
  auditSeconds: 730 * day,
  demandSeconds: 90 * day,
  keepSnapshots: 5,
  keepDailySnapshots: 7,
  ...overrides,
});

/** `n` hours after the start; every third is a change, unless told otherwise. */
const at = (n: number, overrides: Partial<DecisionRecord> = {}): DecisionRecord => {
  const atSeconds = startAt + n * hour;
  const decided = decision({ action: n % 3 === 0 ? 1 : 0 });
  return record({ id: cycleId(atSeconds, n), atSeconds, decision: decided, ...overrides });
};

const appendAll = async (store: Store, records: readonly DecisionRecord[]): Promise<void> => {
  for (const each of records) await store.append(each);
};

/** Hours of the decisions that are kept, the oldest first. */
const keptIn = async (store: Store, changed?: boolean): Promise<readonly number[]> =>
  (await store.decisions({ limit: 1000, changed, oldestFirst: true })).items.map(
    ({ atSeconds }) => (atSeconds - startAt) / hour,
  );

/** What they take, by a prune that removes nothing. */
const bytesOf = async (store: Store): Promise<number> =>
  (await store.prune(startAt, retention())).decisionsBytes;

export const retentionContract = ({ fresh, open, reopen }: Opening): void => {
  it('keeps changes longer than holds, and never shorter', async () => {
    const store = await open();
    await appendAll(
      store,
      [0, 1, 2, 3, 4, 5].map((n) => at(n)),
    );
    const { removed } = await store.prune(
      startAt + 10 * hour,
      retention({ decisionsSeconds: 6 * hour, changedSeconds: 8 * hour }),
    );
    expect(removed).toMatchObject({ holds: 2, changes: 1 }); // before hour 4: 1 and 2; before hour 2: 0
    expect(await keptIn(store)).toEqual([3, 4, 5]);
    await store.prune(startAt + 10 * hour, retention({ decisionsSeconds: 6 * hour, changedSeconds: 1 }));
    expect(await keptIn(store)).toEqual([4, 5]);
  });

  it('keeps refused writes and proposals as long as changes', async () => {
    const store = await open();
    await appendAll(store, [
      at(1, { outcome: 'failed', error: '[kubernetes] 409' }),
      at(2, { outcome: 'awaiting-approval', decision: decision({ action: 1 }) }),
      at(4),
    ]);
    await store.prune(startAt + 30 * day, retention());
    expect(await keptIn(store)).toEqual([1, 2]);
  });

  it('says from when on all is kept, and from when on anything', async () => {
    const store = await open();
    await appendAll(
      store,
      [0, 1, 2, 3, 4].map((n) => at(n)),
    );
    const span = async () => {
      const [{ firstAtSeconds = 0, wholeFromSeconds = 0 } = {}] = await store.targets();
      return [firstAtSeconds, wholeFromSeconds].map((seconds) => (seconds - startAt) / hour);
    };
    expect(await span()).toEqual([0, 0]);
    await store.prune(startAt + 5 * hour, retention({ decisionsSeconds: 2 * hour }));
    expect(await span()).toEqual([0, 2]); // the hold of hour 2 went, hour 0 is a change
  });

  it('gives up the oldest holds for room, then the oldest of the rest', async () => {
    const store = await open();
    await appendAll(
      store,
      Array.from({ length: 12 }, (_, n) => at(n)),
    );
    const now = startAt + day;
    const size = await bytesOf(store);
    await store.prune(now, retention({ decisionsBytes: size * 0.6 }));
    expect(await keptIn(store, true)).toEqual([0, 3, 6, 9]);
    const holds = await keptIn(store, false);
    expect(holds).toEqual([1, 2, 4, 5, 7, 8, 10, 11].slice(-holds.length));
    expect(holds.length).toBeLessThan(8);
    await store.prune(now, retention({ decisionsBytes: size * 0.2 }));
    expect(await keptIn(store, false)).toEqual([]);
    const changes = await keptIn(store, true);
    expect(changes).toEqual([0, 3, 6, 9].slice(-changes.length));
    expect(changes.length).toBeLessThan(4);
  });

  it('never removes the last two hours for room, and says that it is too much', async () => {
    const store = await open();
    await appendAll(
      store,
      [0, 1, 2, 3, 4].map((n) => at(n)),
    );
    const { decisionsBytes } = await store.prune(startAt + 5 * hour, retention({ decisionsBytes: 1 }));
    expect(await keptIn(store)).toEqual([3, 4]);
    expect(decisionsBytes).toBeGreaterThan(1);
  });

  it('removes no more for room than it must, whatever is kept (law)', async () => {
    const lives = fc.array(fc.record({ change: fc.boolean(), web: fc.boolean() }), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(lives, fc.double({ min: 0, max: 1.2, noNaN: true }), async (life, share) => {
        const store = await open();
        await appendAll(
          store,
          life.map(({ change, web }, n) =>
            at(n, { decision: decision({ action: change ? 1 : 0 }), target: target(web ? 'web' : 'api') }),
          ),
        );
        const before = await bytesOf(store);
        const allowed = Math.max(1, Math.floor(before * share));
        const { removed, decisionsBytes } = await store.prune(
          startAt + 100 * hour,
          retention({ decisionsBytes: allowed }),
        );
        expect(decisionsBytes).toBeLessThanOrEqual(allowed);
        expect(await keptIn(store)).toHaveLength(life.length - removed.holds - removed.changes);
        // No change went while there was a hold, and one decision more would have been too much.
        if (removed.changes > 0) expect(await keptIn(store, false)).toEqual([]);
        const largest = before / life.length + 400;
        if (removed.holds + removed.changes > 0) expect(decisionsBytes + largest).toBeGreaterThan(allowed);
        await store.close();
      }),
      { numRuns: 10 },
    );
  });

  it('counts what decisions take as they come and go', async () => {
    const database = await fresh();
    const store = await reopen(database);
    await appendAll(
      store,
      Array.from({ length: 20 }, (_, n) => at(n, { target: target(`web-${n % 3}`) })),
    );
    const counted = async () => {
      const [row] = await database.query(`select sum(record_bytes) as counted,
        (select sum(length(record)) from decisions) as there, sum(decisions) as decisions,
        (select count(*) from decisions) as rows from targets`);
      const { counted, there, decisions, rows } = row!;
      expect([Number(counted), Number(decisions)]).toEqual([Number(there), Number(rows)]);
      return Number(rows);
    };
    expect(await counted()).toBe(20);
    await store.prune(startAt + day, retention({ decisionsSeconds: 15 * hour }));
    expect(await counted()).toBeLessThan(20);
  });

  it('counts once what two processes remove at the same time', async () => {
    const database = await fresh();
    const [one, two] = [await reopen(database), await reopen(database)];
    await appendAll(
      one,
      Array.from({ length: 40 }, (_, n) => at(n)),
    );
    const pruned = await Promise.all(
      [one, two].map((store) => store.prune(startAt + 30 * day, retention({ changedSeconds: 1 }))),
    );
    expect(pruned.reduce((sum, { removed }) => sum + removed.holds + removed.changes, 0)).toBe(40);
    await one.append(at(50));
    expect((await two.targets())[0]?.decisions).toBe(1);
  });

  it('ends when it is told to, with what it has done', async () => {
    const store = await open();
    await appendAll(
      store,
      Array.from({ length: 300 }, (_, n) => at(n)),
    );
    const prune = async (signal: AbortSignal): Promise<number> => {
      const { removed, decisionsBytes } = await store.prune(
        startAt + 90 * day,
        retention({ changedSeconds: 1 }),
        signal,
      );
      expect(decisionsBytes).toBe(await bytesOf(store));
      return removed.holds + removed.changes;
    };
    expect(await prune(AbortSignal.abort())).toBe(0);
    const gone = await prune(AbortSignal.timeout(1));
    expect(await keptIn(store)).toHaveLength(300 - gone);
  });

  it('takes the reward with its decision', async () => {
    const store = await open();
    const credit = { decisionId: at(1).id, traceId: '', spanId: '', reward: reward() };
    await appendAll(store, [at(1), at(2, { reward: credit })]);
    const { removed } = await store.prune(startAt + 8 * day, retention());
    expect(removed).toMatchObject({ holds: 2, rewards: 1 });
  });
};
