import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Arrivals } from '#core/model';
import type { Store } from '#ports';
import type { Opening } from '#test/contracts/store/database';
import { cycleId, observation, record, startAt, target } from '#test/make';

const none = Number.NaN;

/** One cycle that saw these arrivals; `n` makes its id. */
const see = (store: Store, n: number, arrivals: Arrivals, of = target()): Promise<void> =>
  store.append(record({ id: cycleId(startAt, n), target: of, observation: observation({ arrivals }) }));

const arrivals = (
  afterSeconds: number,
  counts: readonly number[] | Float32Array,
  stepSeconds = 1,
): Arrivals => ({ startsAt: startAt + afterSeconds, stepSeconds, counts });

const read = async (store: Store, from: number, to: number): Promise<readonly number[]> => [
  ...(await store.demand('home', target(), startAt + from, startAt + to)),
];

const forever = {
  decisionsSeconds: 1e9,
  changedSeconds: 1e9,
  decisionsBytes: 1e12,
  auditSeconds: 1e9,
  demandSeconds: 1e9,
  keepSnapshots: 5,
  keepDailySnapshots: 7,
};

export const demandContract = ({ fresh, open, reopen }: Opening): void => {
  it('gives demand second by second, NaN where nothing was recorded', async () => {
    const store = await open();
    await see(store, 1, arrivals(0, [1, 2, none, 4]));
    await see(store, 2, arrivals(6, [7]));
    expect(await read(store, -1, 8)).toEqual([none, 1, 2, none, 4, none, none, 7, none]);
  });

  it('knows no demand of a target it never saw', async () => {
    const store = await open();
    expect(await store.demand('home', target('other'), startAt, startAt + 2)).toEqual(
      Float32Array.of(none, none),
    );
  });

  it('says from when on demand is known, to the hour where hours are packed', async () => {
    const store = await open();
    const first = (from: number, to: number) =>
      store.firstDemandAt('home', target(), startAt + from, startAt + to);
    expect(await first(-9, 9)).toBeUndefined();
    await see(store, 1, arrivals(2, [1, 2]));
    expect(await first(-9, 9)).toBe(startAt + 2);
    expect(await first(3, 9)).toBe(startAt + 3);
    expect(await first(-9, 1)).toBeUndefined();
    await see(store, 2, arrivals(2 * 3600, [3]));
    expect(await first(-7200, 9)).toBe(3600 * Math.floor(startAt / 3600));
  });

  it('misses nothing of an hour that is packed while it is read', async () => {
    const store = await open();
    await see(store, 0, arrivals(0, [1]));
    for (let hour = 1; hour <= 40; hour++) {
      const reads = Array.from({ length: 4 }, () => read(store, 3600 * (hour - 1), 3600 * (hour - 1) + 1));
      await see(store, hour, arrivals(3600 * hour, [1]));
      expect((await Promise.all(reads)).flat()).toEqual([1, 1, 1, 1]);
    }
  });

  it('spreads a longer step evenly, and adds up shorter ones', async () => {
    const store = await open();
    await see(store, 1, arrivals(0, [30, 60], 3)); // 10, 10, 10 and 20, 20, 20 a second
    await see(store, 2, arrivals(6, [1, 2, 3, 4], 0.5)); // 1 + 2, 3 + 4
    expect(await read(store, 0, 8)).toEqual([10, 10, 10, 20, 20, 20, 3, 7]);
  });

  it('takes the later reading where two overlap, and never lets NaN hide a number', async () => {
    const store = await open();
    await see(store, 1, arrivals(0, [1, 2, 3]));
    await see(store, 2, arrivals(1, [20, none, 40]));
    expect(await read(store, 0, 4)).toEqual([1, 20, 3, 40]);
  });

  it('keeps what a replayed append has seen as it was', async () => {
    const store = await open();
    await see(store, 1, arrivals(0, [1, 2]));
    await see(store, 1, arrivals(0, [8, 9]));
    expect(await read(store, 0, 2)).toEqual([1, 2]);
  });

  it('packs an hour when it is over, and only then', async () => {
    const database = await fresh();
    const store = await reopen(database);
    const rows = async () => [
      (await database.query('select * from demand_recent')).length,
      (await database.query('select * from demand_hours')).length,
    ];
    for (let n = 0; n < 4; n++) await see(store, n, arrivals(3585 + 5 * n, [n, n, n, n, n]));
    expect(await rows()).toEqual([1, 1]); // the fourth begins the next hour
    expect(await read(store, 3584, 3606)).toEqual([
      none,
      ...[0, 1, 2, 3].flatMap((n) => Array(5).fill(n)),
      none,
    ]);
  });

  it('reads the same before and after packing, and forgets nothing over restarts (law)', async () => {
    const reading = fc.record({
      gap: fc.integer({ min: -20, max: 4000 }),
      counts: fc.float32Array({ minLength: 1, maxLength: 40, min: 0 }),
    });
    const database = await fresh();
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(reading, { minLength: 1, maxLength: 6 }), async (readings) => {
        const of = target(`web-${n}`);
        const wanted = new Float32Array(30_000).fill(none);
        let startsAt = 100;
        for (const { gap, counts } of readings) {
          const store = await reopen(database);
          startsAt = Math.max(0, startsAt + gap);
          await see(store, n++, arrivals(startsAt, counts), of);
          await store.close();
          for (const [i, count] of counts.entries()) if (!Number.isNaN(count)) wanted[startsAt + i] = count;
          startsAt += counts.length;
        }
        const store = await reopen(database);
        const unpacked = await store.demand('home', of, startAt, startAt + wanted.length);
        await store.prune(startAt + 1e6, forever);
        const packed = await store.demand('home', of, startAt, startAt + wanted.length);
        await store.close();
        expect(packed).toEqual(unpacked);
        expect(Array.from(packed, Number.isNaN)).toEqual(Array.from(wanted, Number.isNaN));
      }),
      { numRuns: 5 },
    );
  });

  it('gives float32 counts back to the bit, over hours (law)', async () => {
    const store = await open();
    let hour = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.float32Array({ minLength: 1, maxLength: 4000, min: 0, noNaN: true }),
        async (counts) => {
          hour += 4;
          await see(store, hour, arrivals(hour * 3600 + 1800, counts));
          const back = await store.demand(
            'home',
            target(),
            startAt + hour * 3600 + 1800,
            startAt + hour * 3600 + 1800 + counts.length,
          );
          expect(back).toEqual(counts);
        },
      ),
      { numRuns: 20 },
    );
  });
};
