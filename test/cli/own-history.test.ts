import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { needs } from '#test/components/needs';
import { type Prometheus, startPrometheus, startTimeoutMs } from '#test/components/start';
import { startAt } from '#test/make';
import { place } from './spawned.ts';

const week = 7 * 86_400;
const steps = week / 15;
const until = startAt + week;
/** A day's wave, 100 to 300 a second. */
const rate = (i: number): number => Math.round(200 - 100 * Math.cos((2 * Math.PI * i) / 5760));

/** What Prometheus answers to a range, with holes. */
const saved = (isHole: (i: number) => boolean, series = 1): string => {
  const values = Array.from({ length: 400 }, (_, i) => [startAt + 15 * i, `${rate(i)}`]).filter(
    (_, i) => !isHole(i),
  );
  const result = Array.from({ length: series }, (_, i) => ({ metric: { pod: `web-${i}` }, values }));
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
};

const here = place(
  {},
  {
    'whole.json': saved(() => false),
    'holed.json': saved((i) => (i >= 100 && i < 120) || i === 300),
    'two.json': saved(() => false, 2),
    'error.json': '{"status":"error","errorType":"bad_data","error":"parse error"}',
    'cut.json': '{"status":"succ',
    'holed.csv': `seconds,rps\n${Array.from({ length: 200 }, (_, i) => (i === 50 ? '250,' : `${5 * i},100`)).join('\n')}\n`,
    'back.csv': 'seconds,rps\n0,1\n10,1\n5,1\n',
  },
);
const simulate = (...args: readonly string[]) => here.run('simulate', ...args);

describe('a saved answer of query_range', () => {
  const own = ['--capacity', '50', '--policy', 'hpa,keda'];

  it('is judged at its own rates, with what it costs', async () => {
    const { code, out } = await simulate(
      'whole.json',
      ...own,
      '--price-per-replica-hour',
      '0.04',
      '--currency',
      'USD',
      '--json',
    );
    const { policies, recording, currency } = JSON.parse(out);
    expect({ code, currency, recording }).toEqual({
      code: 0,
      currency: 'USD',
      recording: { startsAt: startAt, endsAt: startAt + 6000, stepSeconds: 15, gaps: [], heldSeconds: 0 },
    });
    for (const { money, replicaHours } of policies) expect(money).toBeCloseTo(0.04 * replicaHours, 12);
  });

  it('with holes is refused until somebody says what becomes of them', async () => {
    expect(await simulate('holed.json', ...own)).toEqual({
      code: 2,
      out: '',
      err:
        'error: [holed.json] 2 gaps, 5.3 min in all: 2026-01-05 00:25:00Z for 5 min, 2026-01-05 01:15:00Z for 15 s; ' +
        'add --gaps hold to repeat the last rate in them, or --gaps cut to take the longest whole stretch\n',
    });
  });

  it('with holes says what became of them', async () => {
    const held = await simulate('holed.json', ...own, '--gaps', 'hold');
    expect(held.out).toContain(
      'The last rate is held over 2 gaps, 5.3 min in all: 2026-01-05 00:25:00Z for 5 min, 2026-01-05 01:15:00Z for 15 s.\n',
    );
    // Steps 120 to 299 are the longest
    const cut = await simulate('holed.json', ...own, '--gaps', 'cut');
    expect(cut.out).toContain('2026-01-05 00:30:00Z to 2026-01-05 01:15:00Z (45 min) in steps of 15 s.\n');
    expect(cut.out).toContain('The longest whole stretch is taken; cut off with the rest: 2 gaps');
  });

  it('is drawn on demand', async () => {
    const { code } = await simulate('whole.json', ...own, '--svg', 'picture.svg');
    const picture = readFileSync(join(here.cwd, 'picture.svg'), 'utf8');
    expect({ code, isSvg: picture.startsWith('<svg') }).toEqual({ code: 0, isSvg: true });
    for (const text of ['keda', 'Replica-hours', 'Late requests, %', 'Scalings'])
      expect(picture).toContain(text);
    const nowhere = await simulate('whole.json', ...own, '--svg', 'no/such/folder.svg');
    expect(nowhere.err).toMatch(/\[svg\] no\/such\/folder.svg cannot be written \(ENOENT\): give a path/);
    expect(existsSync(join(here.cwd, 'no'))).toBe(false);
  });

  it('that leaves doubts has them said', async () => {
    const { out } = await simulate(
      'whole.json',
      '--capacity',
      '5',
      '--max-replicas',
      '20',
      '--policy',
      'hpa',
    );
    // 226/s at the most in 100 minutes: 226 / 5 / .6 = 76; e^(−.25·5) = .29
    expect(out).toMatch(/is more than 20 replicas of 5\/s serve: raise --max-replicas to \d+\./);
    expect(out).toContain('29 % are late even on idle replicas, for 5/s mean 200 ms each');
  });
});

test('holes of a CSV are held on demand', async () => {
  const { out } = await simulate('holed.csv', '--gaps', 'hold', '--policy', 'hpa');
  expect(out).toContain('The last rate is held over 1 gap: 1970-01-01 00:04:10Z for 5 s.');
});

test.each([
  [['whole.json'], '--capacity is missing: give the requests per second that one replica serves at 100 %'],
  [
    ['two.json', '--capacity', '50'],
    'gives 2 series ({pod="web-0"}, {pod="web-1"}): one is needed, wrap it in sum(…)',
  ],
  [['error.json', '--capacity', '50'], "is not the answer of Prometheus' /api/v1/query_range"],
  [['cut.json', '--capacity', '50'], '[cut.json] is not JSON'],
  [['back.csv', '--gaps', 'hold'], '[back.csv] 5 s follows 10 s: times must rise from row to row'],
  [['whole.json', '--gaps', 'fill'], 'Allowed choices are hold, cut.'],
  [['whole.json', '--since', '7'], 'Give a time like 15s, 24h, 7d or 1h30m.'],
  [['whole.json', '--capacity-query', 'up'], '--capacity-query asks the Prometheus of --prometheus'],
  [['whole.json', '--bearer-token-file', 'x'], '--bearer-token-file is about --prometheus: leave it out'],
  [['--prometheus', 'http://127.0.0.1:9'], '--prometheus and --query go together'],
  [['whole.json', '--prometheus', 'http://127.0.0.1:9', '--query', 'up'], 'one of the two'],
])('simulate %j is wrong usage, in one sentence', async (args, said) => {
  const { code, out, err } = await simulate(...args);
  expect({ code, out, lines: err.trimEnd().split('\n').length }).toEqual({ code: 2, out: '', lines: 1 });
  expect(err).toContain(said);
});

describe('a Prometheus that fails', () => {
  it.each([
    [503, '1m', /^nimbusguard: \[prometheus\] up: HTTP 503 overloaded\n$/],
    [undefined, '1s', /^nimbusguard: \[prometheus\] up: no answer within 1 s from http:\/\/127/],
  ])('with %s is named, with the query', async (status, timeout, said) => {
    const server = createServer((_, response) => {
      if (status !== undefined) response.writeHead(status).end('overloaded');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const failed = await simulate(
      '--prometheus',
      url,
      '--query',
      'up',
      '--capacity',
      '50',
      '--timeout',
      timeout,
    );
    server.closeAllConnections();
    server.close();
    expect(failed).toMatchObject({ code: 1, out: '' });
    expect(failed.err).toMatch(said);
  });
});

needs('prometheus')('a week in a real Prometheus', () => {
  let prometheus: Prometheus;
  beforeAll(async () => {
    // The CPU in use of pods that serve 40 requests a second each, in the units of a replica.
    const kinds = [
      { name: 'shop_rate', of: (i: number) => rate(i) },
      { name: 'shop_busy', of: (i: number) => rate(i) / 40 },
    ];
    prometheus = await startPrometheus({
      history: kinds.map(({ name, of }) => ({
        name,
        type: 'gauge',
        labels: {},
        points: Array.from({ length: steps + 1 }, (_, i) => ({ atSeconds: startAt + i * 15, value: of(i) })),
      })),
    });
  }, startTimeoutMs);
  afterAll(() => prometheus?.stop());

  const asked = () => ['--prometheus', prometheus.url, '--query', 'sum(shop_rate)', '--until', `${until}`];

  it('is read in pages and judged whole, with the capacity estimated', async () => {
    const args = [...asked(), '--since', '7d', '--capacity-query', 'sum(shop_busy)', '--policy', 'hpa,kpa'];
    const { code, out, err } = await simulate(
      ...args,
      '--price-per-replica-hour',
      '0.04',
      '--max-replicas',
      '20',
    );
    expect(code).toBe(0);
    // 40,320 steps: five pages
    expect(err.match(/^read up to .*$/gm)).toEqual([
      'read up to 2026-01-06 17:39:45Z (25 %)',
      'read up to 2026-01-08 11:19:45Z (50 %)',
      'read up to 2026-01-10 04:59:45Z (74 %)',
      'read up to 2026-01-11 22:39:45Z (99 %)',
      'read up to 2026-01-12 00:00:00Z (100 %)',
    ]);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^POLICY +COST +RATIO +REPLICA-HOURS +EUR +LATE % +LATE MINUTES +SCALINGS/);
    expect(lines.slice(1, 3).map((line) => line.split(' ')[0])).toEqual(['hpa', 'kpa']);
    // A fifth of 168 h is not scored.
    expect(lines[4]).toMatch(/^sum\(shop_rate\), 134\.40 h scored\./);
    expect(lines[5]).toBe('2026-01-05 00:00:00Z to 2026-01-12 00:00:00Z (7 d) in steps of 15 s.');
    expect(lines[6]).toMatch(
      /^One replica serves 40 requests\/s, estimated: 1209\d{5} requests over \S+ busy replica-hours in 40320 steps, by sum\(shop_busy\)\.$/,
    );
    expect(lines[7]).toMatch(/^One replica: 40 requests\/s, ready after 45 s/);
  });

  it('shows the same as one object', async () => {
    const { out } = await simulate(
      ...asked(),
      '--since',
      '12h',
      '--capacity',
      '50',
      '--policy',
      'shadow-q,hpa',
      '--json',
    );
    const { load, seconds, recording, policies } = JSON.parse(out);
    expect({ load, seconds, names: policies.map((v: { name: string }) => v.name) }).toEqual({
      load: 'sum(shop_rate)',
      seconds: 34_560,
      names: ['shadow-q', 'hpa'],
    });
    expect(recording).toMatchObject({
      startsAt: until - 43_200,
      endsAt: until,
      counterResets: 0,
      notNumbers: 0,
    });
  });

  it('of which only a part is kept says so', async () => {
    const { out } = await simulate(
      ...asked(),
      '--since',
      '8d',
      '--capacity',
      '50',
      '--policy',
      'hpa',
      '--step',
      '1m',
    );
    expect(out).toContain('24 h of what was asked for lie before the first rate or after the last.\n');
  });
});
