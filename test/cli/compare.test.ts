import { beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import { targetKey } from '#core/model';
import type { Store } from '#ports';
import { decision, observation, record, replicas, sample, spec, startAt, target } from '#test/make';
import { place } from './spawned.ts';

const wave = Array.from({ length: 1800 }, (_, t) => `${t},${Math.round(250 + 150 * Math.sin(t / 200))}`);
const files = { 'load.csv': `seconds,rps\n${wave.join('\n')}\n` };
const world = { simulated: { load: './load.csv', speed: 10_000 } };
const service = place({ targets: [{ policy: { name: 'hpa' }, world }], http: { port: 0 } }, files);

describe('what was done', () => {
  beforeAll(async () => void (await service.run('run')));

  it('stands beside what others would have done, in one table', async () => {
    const { code, out, err } = await service.run('compare', '--price-per-replica-hour', '0.04');
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^POLICY +COST +RATIO +REPLICA-HOURS +EUR +LATE %/);
    expect(lines.slice(1, 8).map((line) => line.split(' ')[0])).toEqual([
      'done',
      'wanted',
      'shadow-q',
      'hpa',
      'hpa-tuned',
      'keda',
      'kpa',
    ]);
    expect(lines[9]).toMatch(
      /^default\/Deployment\/web, .* Late requests are by the law, of what was done too/,
    );
    expect(out).toMatch(/^done: \d+ decisions by hpa \(Auto\)/m);
    expect(err.split('\n')[0]).toBe('done (1 of 7)');
  });

  it('is judged by the law as its world measured it', async () => {
    const { out } = await service.run('compare', '--json');
    const { policies, done, target: of } = JSON.parse(out);
    expect(targetKey(of)).toBe('default/Deployment/web');
    const { name, lateShare } = policies[0];
    expect(name).toBe('done');
    // The world's histogram is of whole intervals, the scored part of seconds.
    expect(Math.abs(lateShare - done.measuredLateShare)).toBeLessThan(0.1 * done.measuredLateShare);
  });

  it('is judged each day by itself, with what was regretted', async () => {
    const { code, out, err } = await service.run('compare', '--by', 'day');
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toMatch(
      /^DAY +HOURS +DONE +WANTED +HPA +HPA-TUNED +KEDA +- hpa +- hpa-tuned +- keda$/,
    );
    expect(out).toMatch(/^all +\d/m);
    expect(err).toMatch(/is judged\n/);
    const { days, target: of } = JSON.parse((await service.run('compare', '--by', 'day', '--json')).out);
    expect(targetKey(of)).toBe('default/Deployment/web');
    const [{ paid, regret }] = days.filter((day: object) => 'paid' in day);
    expect(regret.hpa).toBeCloseTo(paid[0].cost - paid[2].cost, 9);
  });

  it('cannot be judged each day by itself and drawn, or warmed up on a share, at once', async () => {
    const { code, err } = await service.run('compare', '--by', 'day', '--warm-up', '0.5');
    expect(code).toBe(2);
    expect(err).toContain("option '--by <stretch>' cannot be used with option '--warm-up <share>'");
  });

  it('of another target is not there, and the ones that are kept are named', async () => {
    expect(await service.run('compare', '--target', 'shop')).toEqual({
      code: 1,
      out: '',
      err:
        'nimbusguard: [store] none of the targets that are kept is meant: name one with --target (and --cluster) of ' +
        'local/default/Deployment/web\n',
    });
  });

  it('in a moment is too little', async () => {
    const { code, err } = await service.run('compare', '--since', '1m');
    expect(code).toBe(1);
    expect(err).toMatch(/\d+ s of demand are kept without a gap: at least 600 s are needed/);
  });
});

describe('records of two targets, one with a hole', () => {
  const here = place({ store: 'kept.db' });
  const settings = spec({ intervalSeconds: 15, budget: { hourly: 1, perReplicaHour: 0.1, currency: 'CHF' } });
  let store: Store;

  /** A size of 4 that goes to 6 in the middle, each second 100 requests; nothing is recorded for a while. */
  const keep = async (name: string, isDown: (t: number) => boolean): Promise<void> => {
    for (let t = 0; t <= 1800; t += 15) {
      if (isDown(t)) continue;
      const size = t <= 900 ? 4 : 6;
      const ready = t < 900 + 30 ? 4 : 6;
      const orders = t === 900;
      await store.append(
        record({
          id: crypto.randomUUID(),
          target: target(name),
          spec: settings,
          atSeconds: startAt + t,
          observation: observation({
            atSeconds: startAt + t,
            samples: [sample()],
            replicas: replicas({ desired: size, ready, starting: size - ready }),
            demand: 100,
            arrivals: { startsAt: startAt + t - 15, stepSeconds: 15, counts: [1500] },
          }),
          decision: decision({ from: size, to: orders ? 6 : size }),
          outcome: orders ? 'scaled' : 'held',
        }),
      );
    }
  };

  beforeAll(async () => {
    store = await openStore(`sqlite:${here.cwd}/kept.db`);
    await keep('web', () => false);
    await keep('shop', (t) => t > 300 && t < 600);
    await store.close();
  });

  it('must be told apart', async () => {
    const { code, err } = await here.run('compare');
    expect({ code, err }).toEqual({
      code: 1,
      err:
        'nimbusguard: [store] several targets are kept: name one with --target (and --cluster) of ' +
        'home/default/Deployment/shop, home/default/Deployment/web\n',
    });
  });

  it('give what was done to the replica-second, at the price of the budget', async () => {
    const { out } = await here.run('compare', '--target', 'web', '--json');
    const { policies, currency, seconds, done } = JSON.parse(out);
    // 1800 s, of which 360 warm up; 4 replicas to 900 s, 6 from then on.
    expect({ seconds, currency }).toEqual({ seconds: 1440, currency: 'CHF' });
    const replicaHours = (4 * (900 - 360) + 6 * 900) / 3600;
    expect(policies[0]).toMatchObject({ name: 'done', replicaHours, money: 0.1 * replicaHours, scalings: 1 });
    expect(done).toMatchObject({ decisions: 121, deciders: ['shadow-q (Auto)'], startUpSeconds: 30 });
    const text = await here.run('compare', '--target', 'web');
    expect(text.out).toContain(
      'Replicas were ready after 30 s in the median of 1 scaling up; everybody is judged with 45 s.\n',
    );
    expect(text.out).toContain('No latency was measured that could be held against the law.\n');
  });

  it('are refused over a hole until somebody says what becomes of it', async () => {
    const refused = await here.run('compare', '--target', 'shop');
    expect(refused.code).toBe(1);
    // The cycle at 600 s saw the 15 s before it.
    expect(refused.err).toBe(
      'nimbusguard: [store] 1 gap: 2026-01-05 00:05:00Z for 4.8 min; add --gaps hold to repeat the last rate in them, ' +
        'or --gaps cut to take the longest whole stretch\n',
    );
    const cut = await here.run('compare', '--target', 'shop', '--gaps', 'cut', '--json');
    expect(JSON.parse(cut.out).recording).toMatchObject({ startsAt: startAt + 585, endsAt: startAt + 1800 });
  });
});
