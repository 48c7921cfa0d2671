import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AuditEntry, auditActions, nameSources } from '#core/audit';
import { type AuditQuery, CursorError, type Store } from '#ports';
import type { Opening } from '#test/contracts/store/database';
import { record, startAt, target } from '#test/make';

const entry = (n: number, overrides: Partial<AuditEntry> = {}): AuditEntry => ({
  id: `entry-${String(n).padStart(3, '0')}`,
  atSeconds: startAt + Math.floor(n / 2), // two of one instant
  cluster: 'home',
  target: target(),
  action: 'pause',
  by: 'anna',
  byFrom: 'claimed',
  what: 'keeps it from shrinking until tomorrow',
  why: 'release day',
  details: { untilSeconds: startAt + 60 },
  ...overrides,
});

const readAll = async (store: Store, query: AuditQuery): Promise<readonly AuditEntry[]> => {
  const all: AuditEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.audits({ ...query, cursor });
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return all;
};

const key = { cluster: 'home', target: target(), policy: 'shadow-q' };

export const auditContract = ({ open }: Opening): void => {
  it('keeps what a person did as it was said, whatever the words (law)', async () => {
    const store = await open();
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.jsonValue(), async (text, value) => {
        n += 1;
        const kept = entry(n, { by: text, why: text, details: { value } });
        await store.audit(kept);
        const [found] = (await store.audits({ limit: 1 })).items;
        expect(JSON.stringify(found)).toBe(JSON.stringify(kept));
      }),
      { numRuns: 30 },
    );
  });

  it('keeps an action once: the first account of it stays', async () => {
    const store = await open();
    await store.audit(entry(1));
    await store.audit(entry(1, { by: 'berta' }));
    expect((await store.audits({ limit: 9 })).items).toEqual([entry(1)]);
  });

  it('pages through any filter, newest first, every entry once (law)', async () => {
    const store = await open();
    const entries = Array.from({ length: 24 }, (_, n) =>
      entry(n, {
        action: auditActions[n % auditActions.length]!,
        byFrom: nameSources[n % nameSources.length]!,
        cluster: n % 5 === 0 ? 'away' : 'home',
        target: n % 3 === 0 ? undefined : target(n % 4 === 0 ? 'api' : 'web'),
      }),
    );
    for (const one of entries) await store.audit(one);
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const queries = fc.record({
      target: maybe(fc.constantFrom(target('api'), target('web'), target('none'))),
      cluster: maybe(fc.constantFrom('home', 'away', 'nowhere')),
      action: maybe(fc.constantFrom(...auditActions)),
      fromSeconds: maybe(fc.integer({ min: startAt, max: startAt + 12 })),
      toSeconds: maybe(fc.integer({ min: startAt, max: startAt + 12 })),
      limit: fc.integer({ min: 1, max: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(queries, async (query) => {
        const wanted = entries
          .filter((e) => query.target === undefined || e.target?.name === query.target.name)
          .filter((e) => query.cluster === undefined || e.cluster === query.cluster)
          .filter((e) => query.action === undefined || e.action === query.action)
          .filter((e) => e.atSeconds >= (query.fromSeconds ?? 0))
          .filter((e) => e.atSeconds < (query.toSeconds ?? Number.POSITIVE_INFINITY))
          .sort((a, b) => b.atSeconds - a.atSeconds || (a.id < b.id ? 1 : -1));
        expect((await readAll(store, query)).map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
      }),
      { numRuns: 40 },
    );
  });

  it('refuses a cursor that came from no page', async () => {
    const store = await open();
    await expect(store.audits({ limit: 1, cursor: 'nonsense' })).rejects.toThrow(CursorError);
  });

  it('keeps a setting with the note of who wanted it', async () => {
    const store = await open();
    await store.saveSettings(key, { paused: true }, [entry(1), entry(2)]);
    expect(await store.loadSettings(key)).toEqual({ paused: true });
    expect(await readAll(store, { target: target(), limit: 1 })).toEqual([entry(2), entry(1)]);
  });

  it('keeps neither a snapshot that is refused nor the note of it', async () => {
    const store = await open();
    const learnt = { schemaVersion: 1, policy: 'shadow-q', atSeconds: startAt, experience: 5, data: {} };
    await store.saveSnapshot(key, learnt, { note: entry(1) });
    const poorer = store.saveSnapshot(key, { ...learnt, experience: 1 }, { note: entry(2) });
    await expect(poorer).rejects.toThrow(/was not saved/);
    expect(await readAll(store, { limit: 9 })).toEqual([entry(1)]);
  });

  it('outlives the decisions of its time, up to its own age', async () => {
    const store = await open();
    await store.append(record());
    await store.audit(entry(0));
    const retention = {
      decisionsSeconds: 60,
      changedSeconds: 60,
      decisionsBytes: 1e12,
      auditSeconds: 7200,
      demandSeconds: 60,
      keepSnapshots: 1,
      keepDailySnapshots: 0,
    };
    expect((await store.prune(startAt + 3600, retention)).removed).toMatchObject({ holds: 1, audits: 0 });
    expect((await store.prune(startAt + 7201, retention)).removed).toMatchObject({ holds: 0, audits: 1 });
    expect(await readAll(store, { limit: 9 })).toEqual([]);
  });
};
