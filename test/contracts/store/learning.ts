import { expect, it } from 'vitest';
import type { Snapshot } from '#core/model';
import type { Run, SnapshotKey, Store } from '#ports';
import type { Opening } from '#test/contracts/store/database';
import { cycleId, observation, record, reward, startAt, target } from '#test/make';

const key: SnapshotKey = { cluster: 'home', target: target(), policy: 'shadow-q' };
const day = 86_400;

const learnt = (overrides: Partial<Snapshot> = {}): Omit<Snapshot, 'version'> => ({
  schemaVersion: 1,
  policy: 'shadow-q',
  atSeconds: startAt,
  experience: 1,
  data: { table: [0.25, Number.NEGATIVE_INFINITY], net: 'AACAPw==' },
  ...overrides,
});

const versions = async (store: Store): Promise<readonly number[]> =>
  (await store.snapshots(key)).map((snapshot) => snapshot.version);

const run = (overrides: Partial<Run> = {}): Run => ({
  id: 'run-1',
  startedAt: startAt,
  endedAt: undefined,
  load: 'day.csv',
  policy: 'hpa',
  seed: 1,
  commit: undefined,
  result: undefined,
  ...overrides,
});

export const learningContract = ({ fresh, open, reopen }: Opening): void => {
  it('counts the versions of a snapshot up, and loads the newest', async () => {
    const store = await open();
    expect(await store.loadSnapshot(key)).toEqual({ snapshot: undefined, damaged: [] });
    const saved = [
      await store.saveSnapshot(key, learnt()),
      await store.saveSnapshot(key, learnt({ experience: 2 })),
    ];
    expect(saved.map((snapshot) => snapshot.version)).toEqual([1, 2]);
    expect(await store.loadSnapshot(key)).toEqual({ snapshot: saved[1], damaged: [] });
  });

  it('keeps what each policy of each target has learnt apart', async () => {
    const store = await open();
    await store.saveSnapshot(key, learnt());
    for (const other of [{ policy: 'q-learning' }, { cluster: 'away' }, { target: target('api') }])
      expect((await store.loadSnapshot({ ...key, ...other })).snapshot).toBeUndefined();
  });

  it('is not overwritten with less, unless told to', async () => {
    const store = await open();
    await store.saveSnapshot(key, learnt({ experience: 20 }));
    await expect(store.saveSnapshot(key, learnt({ experience: 10 }))).rejects.toThrow(
      /experience 10 was not saved: version 1 has 20/,
    );
    const replaced = await store.saveSnapshot(key, learnt({ experience: 10 }), { replace: true });
    expect((await store.loadSnapshot(key)).snapshot).toEqual(replaced);
  });

  it('sets a damaged snapshot aside, names it and loads the one before', async () => {
    const database = await fresh();
    const store = await reopen(database);
    const whole = await store.saveSnapshot(key, learnt());
    for (const experience of [2, 3]) await store.saveSnapshot(key, learnt({ experience }));
    await database.query(
      `update snapshots set data = (select data from snapshots where version = 1) where version > 1`,
    );
    await database.query(`update snapshots set sha256 = 'another' where version > 1`);
    expect(await store.loadSnapshot(key)).toEqual({ snapshot: whole, damaged: [3, 2] });
    expect((await store.snapshots(key)).map((each) => each.damaged)).toEqual([true, true, false]);
    const next = await store.saveSnapshot(key, learnt({ experience: 1.5 })); // less than the damaged ones, not than version 1
    expect(await store.loadSnapshot(key)).toEqual({ snapshot: { ...next, version: 4 }, damaged: [] });
  });

  it('keeps the last five snapshots and one a day for a week', async () => {
    const store = await open();
    for (let n = 0; n < 40; n++)
      await store.saveSnapshot(key, learnt({ atSeconds: startAt + (n * day) / 4, experience: n }));
    // Four a day, ten days: of version 37–40's day the newest four, 36 besides; then the last of each of six days before.
    expect(await versions(store)).toEqual([40, 39, 38, 37, 36, 32, 28, 24, 20, 16]);
  });

  it('lists snapshots with their size, without their data', async () => {
    const store = await open();
    await store.saveSnapshot(key, learnt({ data: 'a'.repeat(1e5) }));
    const [listed] = await store.snapshots();
    const { data: _, ...rest } = learnt();
    expect(listed).toEqual({ ...key, ...rest, version: 1, damaged: false, bytes: expect.any(Number) });
    expect(listed!.bytes).toBeLessThan(1000); // packed
  });

  it('gives two savers of one target two versions', async () => {
    const store = await open();
    await Promise.all([1, 2, 3].map(() => store.saveSnapshot(key, learnt())));
    expect(await versions(store)).toEqual([3, 2, 1]);
  });

  it('keeps a run from its start to its end, newest first', async () => {
    const store = await open();
    const ended = run({
      endedAt: startAt + 60,
      commit: 'abc',
      result: { ratio: 1.1, worst: Number.POSITIVE_INFINITY },
    });
    for (const each of [run(), run({ id: 'run-2', startedAt: startAt + 1, seed: 2 ** 40 }), ended])
      await store.saveRun(each);
    expect(await store.runs(10)).toEqual([
      run({ id: 'run-2', startedAt: startAt + 1, seed: 2 ** 40 }),
      ended,
    ]);
    expect(await store.runs(1)).toHaveLength(1);
  });

  it('keeps the settings last saved', async () => {
    const store = await open();
    expect(await store.loadSettings(key)).toBeUndefined();
    for (const gamma of [0.9, 0.95]) await store.saveSettings(key, { gamma });
    expect(await store.loadSettings(key)).toEqual({ gamma: 0.95 });
  });

  it('prunes what is older than the retention, and counts it', async () => {
    const store = await open();
    for (let n = 0; n < 6; n++) {
      const atSeconds = startAt + n * 3600;
      const previous = { decisionId: cycleId(atSeconds - 3600), traceId: '', spanId: '', reward: reward() };
      const arrivals = { startsAt: atSeconds, stepSeconds: 1, counts: [n] };
      await store.append(
        record({
          id: cycleId(atSeconds),
          atSeconds,
          reward: previous,
          observation: observation({ arrivals }),
        }),
      );
      await store.saveSnapshot(key, learnt({ atSeconds, experience: n }));
    }
    const now = startAt + 6 * 3600;
    const retention = {
      decisionsSeconds: 3 * 3600,
      changedSeconds: 3 * 3600,
      decisionsBytes: 1e12,
      auditSeconds: 1e9,
      demandSeconds: 2 * 3600,
      keepSnapshots: 2,
      keepDailySnapshots: 0,
    };
    // Decisions at hours 0, 1, 2, each credited by the next; the demand of hours 0 to 3; of five snapshots three.
    const none = { holds: 0, changes: 0, rewards: 0, audits: 0, demand: 0, snapshots: 0 };
    const pruned = await store.prune(now, retention);
    expect(pruned.removed).toEqual({ ...none, holds: 3, rewards: 3, demand: 4, snapshots: 3 });
    expect((await store.targets())[0]?.decisions).toBe(3);
    expect(await versions(store)).toEqual([6, 5]);
    expect((await store.prune(now, retention)).removed).toEqual(none);
  });
};
