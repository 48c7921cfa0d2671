import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { prometheusApi } from '#adapters/metrics/prometheus-api';
import { type HistoryReading, readHistory } from '#adapters/metrics/prometheus-history';
import { checkedSettings, prometheusConnection } from '#adapters/metrics/prometheus-settings';
import { needs } from '#test/components/needs';
import { type Prometheus, startPrometheus, startTimeoutMs } from '#test/components/start';
import { startAt } from '#test/make';

const day = 86_400;
const stepSeconds = 15;
/** Longer than two pages of 10,000 points. */
const steps = 25_000;
const until = startAt + steps * stepSeconds;

needs('prometheus')('demand that a real Prometheus kept', () => {
  let prometheus: Prometheus;
  const read = (query: string, overrides: Partial<HistoryReading> = {}) =>
    readHistory({
      api: prometheusApi(
        checkedSettings(z.strictObject(prometheusConnection), {
          url: prometheus.url,
          timeoutSeconds: 60,
          largestAnswerBytes: 2 ** 26,
        }),
      ),
      query,
      counter: false,
      span: { from: startAt, until, stepSeconds },
      ...overrides,
    });

  /** Points each 15 s but where it is absent. */
  const points = (value: (i: number) => number | undefined) =>
    Array.from({ length: steps + 1 }, (_, i) => ({
      atSeconds: startAt + i * stepSeconds,
      value: value(i),
    })).flatMap(({ atSeconds, value }) => (value === undefined ? [] : [{ atSeconds, value }]));
  const isOut = (i: number): boolean => i >= 12_000 && i < 12_040;

  beforeAll(async () => {
    const one = { pod: 'one' };
    const series = [
      { name: 'level', type: 'gauge' as const, labels: one, points: points((i) => i % 100) },
      {
        name: 'holed',
        type: 'gauge' as const,
        labels: one,
        points: points((i) => (isOut(i) ? undefined : 7)),
      },
      { name: 'zero', type: 'gauge' as const, labels: one, points: points((i) => (i % 10 === 3 ? 0 : 5)) },
      // 10 a second; starts anew at 500 and is gone as `holed` is.
      {
        name: 'requests',
        type: 'counter' as const,
        labels: one,
        points: points((i) => (isOut(i) ? undefined : 150 * (i < 500 ? i : i - 500))),
      },
      { name: 'requests', type: 'counter' as const, labels: { pod: 'two' }, points: points((i) => 30 * i) },
    ];
    prometheus = await startPrometheus({ history: series });
  }, startTimeoutMs);
  afterAll(() => prometheus?.stop());

  it('is read over several pages, each step once', async () => {
    const pages: number[] = [];
    const { rps, startsAt } = await read('level', { onPage: (at) => void pages.push(at) });
    expect(startsAt).toBe(startAt);
    expect(Array.from(rps)).toEqual(Array.from({ length: steps }, (_, i) => (i + 1) % 100));
    // Points 0…9999, 10000…19999, 20000…25000
    expect(pages.map((at) => (at - startAt) / stepSeconds)).toEqual([9999, 19_999, 25_000]);
  });

  it('has a hole where the samples have one, though Prometheus looks back 5 minutes', async () => {
    const { rps } = await read('holed');
    const holes = Array.from(rps).flatMap((rate, i) => (Number.isNaN(rate) ? [i + 1] : []));
    // Samples of every step are 0 s old in the median: older than two steps is old. 40 are missing, two are bridged.
    expect(holes).toEqual(Array.from({ length: 38 }, (_, i) => 12_002 + i));
  });

  it('has a hole under rate() too, and counts the restarts that rate() bridges', async () => {
    const { rps, resets } = await read('sum(rate(requests_total{pod="one"}[5m]))');
    expect(rps[12_030]).toBeNaN();
    expect(rps[6000]).toBeCloseTo(10, 6);
    expect(resets).toBe(1);
  });

  it('of counters is their differences, with holes where one restarts or is gone', async () => {
    const { rps, resets } = await read('requests_total', { counter: true });
    // (150 + 30) / 15
    expect(rps[100]).toBe(12);
    expect(rps[499]).toBeNaN();
    expect(rps[12_020]).toBe(2);
    expect(resets).toBe(1);
  });

  it('that is no number is a hole, and counted', async () => {
    const { rps, notNumbers } = await read('zero / (zero > bool 0)');
    expect(notNumbers).toBe(2500);
    expect(rps[2]).toBeNaN();
    expect(rps[3]).toBe(5);
  });

  it.each([
    [
      'rate(requests_total[5m])',
      /gives 2 series \({.*pod="one".*}, {.*pod="two".*}\): one is needed, wrap it in sum\(…\)/,
    ],
    ['sum(requests_total)', /is a counter by its name, not a rate: wrap it in rate/],
    ['absent_metric', /absent_metric has no data in this time: check the query/],
    ['level - 50', /level - 50 is -49 at 2026-01-05T00:00:15.000Z: requests per second must be 0 or more/],
    ['sum(', /\[prometheus\] sum\(: HTTP 400 bad_data: .*parse error/],
  ])('%s is refused in a sentence', async (query, said) => {
    await expect(read(query)).rejects.toThrow(said);
  });
});

describe('a Prometheus that cannot be asked', () => {
  it('is named', async () => {
    const api = prometheusApi(
      checkedSettings(z.strictObject(prometheusConnection), { url: 'http://127.0.0.1:9' }),
    );
    const span = { from: startAt, until: startAt + day, stepSeconds };
    await expect(readHistory({ api, query: 'up', counter: false, span })).rejects.toThrow(
      /\[prometheus\] up: cannot ask http:\/\/127\.0\.0\.1:9/,
    );
  });
});
