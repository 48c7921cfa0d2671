import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Arrivals, Sample, Target } from '#core/model';
import type { MetricSource, Reading } from '#ports';

/** A source and the world that it looks at, in which time passes only by `advance`. */
export type MetricSourceWorld = {
  readonly source: MetricSource;
  readonly target: Target;
  /** The load's first second. */
  readonly startsAt: number;
  /** The load has run for that many seconds since `startsAt`. */
  advance(toSeconds: number): Promise<void>;
  /** `silent`: time passes and nothing new is measured. `unreachable`: the source cannot be asked. */
  readonly breakIt?: (how: 'silent' | 'unreachable') => Promise<void>;
};

/** `load`: requests in each second. */
export type MetricSourceMaker = (load: readonly number[]) => Promise<MetricSourceWorld>;

const steady = (requests: number, seconds = 180): readonly number[] =>
  Array.from({ length: seconds }, () => requests);

const at = (world: MetricSourceWorld, seconds: number, since?: number): Promise<Reading> =>
  world.source.read(world.target, world.startsAt + seconds, since);

const requestsIn = ({ samples }: Reading): Sample => samples.find(({ metric }) => metric === 'requests')!;

const endOf = ({ startsAt, stepSeconds, counts }: Arrivals): number => startsAt + counts.length * stepSeconds;

/** What the load says about the steps of these arrivals; unknown before it began. */
const truth = (
  load: readonly number[],
  world: MetricSourceWorld,
  { startsAt, stepSeconds, counts }: Arrivals,
): number[] =>
  Array.from({ length: counts.length }, (_, i) => {
    const from = startsAt + i * stepSeconds - world.startsAt;
    return from < 0 ? Number.NaN : load.slice(from, from + stepSeconds).reduce((sum, n) => sum + n, 0);
  });

/** What every metric source keeps to. `longestAgeSeconds`: how old its samples may be while all is well. */
export const metricSourceContract = (
  name: string,
  given: {
    readonly open: MetricSourceMaker;
    readonly longestAgeSeconds: number;
    readonly runs?: number /** Its worlds have `breakIt`. */;
    readonly breaks: boolean;
  },
): void => {
  const { open } = given;

  describe(`metric source contract: ${name}`, () => {
    it('has no number before anything was measured', async () => {
      const world = await open(steady(100));
      for (const { state, value } of (await at(world, 0)).samples)
        expect([state, value]).toEqual(['empty', undefined]);
    });

    it('gives the rate of a steady load', async () => {
      const world = await open(steady(100));
      await world.advance(120);
      const requests = requestsIn(await at(world, 120));
      expect(requests).toMatchObject({ state: 'ok' });
      expect(requests.value).toBeCloseTo(100, 6);
    });

    it('knows zero from nothing', async () => {
      const world = await open(steady(0));
      await world.advance(120);
      expect(requestsIn(await at(world, 120))).toMatchObject({ state: 'ok', value: 0 });
    });

    it('tells of each sample its source and an age, and gives a value exactly when it has one', async () => {
      const world = await open(steady(30));
      await world.advance(60);
      for (const seconds of [0, 60, 90]) {
        for (const sample of (await at(world, Math.max(60, seconds))).samples) {
          expect(sample.source).not.toBe('');
          expect(sample.ageSeconds).toBeGreaterThanOrEqual(0);
          expect(sample.ageSeconds).toBeLessThan(Number.POSITIVE_INFINITY);
          expect(Number.isFinite(sample.value)).toBe(sample.state === 'ok' || sample.state === 'stale');
        }
      }
    });

    it('has samples no older than its normal age while all is well', async () => {
      const world = await open(steady(30));
      await world.advance(60);
      const { ageSeconds } = requestsIn(await at(world, 60));
      expect(ageSeconds).toBeLessThanOrEqual(given.longestAgeSeconds);
    });

    it('gives every arrival once, whatever the moments of reading', async () => {
      const anyLoad = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 180, maxLength: 180 });
      const anyMoments = fc.uniqueArray(fc.integer({ min: 1, max: 180 }), { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(anyLoad, anyMoments, async (load, moments) => {
          const world = await open(load);
          let since: number | undefined;
          for (const moment of moments.sort((a, b) => a - b)) {
            await world.advance(moment);
            const { arrivals } = await at(world, moment, since);
            if (arrivals === undefined || arrivals.counts.length === 0) continue;
            if (since !== undefined) expect(arrivals.startsAt).toBe(since);
            since = endOf(arrivals);
            expect(since).toBeLessThanOrEqual(world.startsAt + moment);
            expect(Array.from(arrivals.counts)).toEqual(truth(load, world, arrivals));
          }
        }),
        { numRuns: given.runs ?? 20 },
      );
    });

    it('gives the same arrivals again to who asks again', async () => {
      const world = await open(steady(20));
      await world.advance(100);
      const first = await at(world, 100, world.startsAt + 40);
      const second = await at(world, 100, world.startsAt + 40);
      expect(Array.from(second.arrivals!.counts)).toEqual(Array.from(first.arrivals!.counts));
      expect(second.arrivals!.startsAt).toBe(first.arrivals!.startsAt);
    });

    it('has no arrivals after the newest that were read', async () => {
      const world = await open(steady(20));
      await world.advance(100);
      const { arrivals } = await at(world, 100);
      const again = await at(world, 100, endOf(arrivals!));
      expect(again.arrivals?.counts.length ?? 0).toBe(0);
    });

    it('answers several readers at a time alike', async () => {
      const world = await open(steady(20));
      await world.advance(100);
      const readings = await Promise.all(Array.from({ length: 5 }, () => at(world, 100)));
      for (const reading of readings) expect(reading).toEqual(readings[0]);
    });

    it('rejects with the reason of a signal that ends the read', async () => {
      const world = await open(steady(20));
      await world.advance(100);
      const read = world.source.read(
        world.target,
        world.startsAt + 100,
        undefined,
        AbortSignal.abort(new Error('enough')),
      );
      await expect(read).rejects.toThrow('enough');
    });

    if (!given.breaks) return;

    it('calls a number stale, with its true age, once nothing new is measured', async () => {
      const world = await open(steady(20));
      await world.advance(100);
      await world.breakIt!('silent');
      await world.advance(140);
      // Measured last at 100, read at 140.
      const requests = requestsIn(await at(world, 140));
      expect(requests.state).toBe('stale');
      expect(requests.ageSeconds).toBeGreaterThanOrEqual(40);
      expect(requests.ageSeconds).toBeLessThanOrEqual(40 + given.longestAgeSeconds);
    });

    it('takes silence for unknown arrivals, not for none', async () => {
      const world = await open(steady(20));
      await world.advance(100);
      await world.breakIt!('silent');
      await world.advance(140);
      const { arrivals } = await at(world, 140, world.startsAt + 110);
      for (const count of Array.from(arrivals?.counts ?? [])) expect(count).toBeNaN();
    });

    it('says why when it cannot be asked, and does not throw', async () => {
      const world = await open(steady(20));
      await world.advance(100);
      await world.breakIt!('unreachable');
      const { samples, arrivals, lateRatio } = await at(world, 100);
      expect(samples.length).toBeGreaterThan(0);
      for (const { state, value, detail } of samples) {
        expect([state, value]).toEqual(['error', undefined]);
        expect(detail).not.toBe('');
      }
      expect([arrivals, lateRatio]).toEqual([undefined, undefined]);
    });
  });
};
