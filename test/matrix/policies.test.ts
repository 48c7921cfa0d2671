import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Operator } from '#test/cluster/operator';
import { fromPrometheus, scalingPolicies } from '#test/cluster/scaling-policy';
import { until } from '#test/cluster/until';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import {
  keptIn,
  keptOf,
  type OperatorLab,
  openOperatorLab,
  requests,
  toward,
} from '../operator/operator-lab.ts';
import { figure } from './cell-table.ts';
import { type FaultProxy, faultProxy } from './fault-proxy.ts';
import { inForm, soon } from './form.ts';
import { judge } from './judge.ts';
import { judgeSettled } from './judge-settled.ts';
import { tableAfterAll } from './table-after-all.ts';

vi.setConfig({ maxConcurrency: 12 });

/** How long it is watched that something does not happen. */
const calmSeconds = inForm({ full: 40, short: 12 });
/** What the API server has answered is heard of by then; a query is given up only 5 s after it was sent. */
const heardWithinSeconds = 3;

needs('kubernetes', 'prometheus')('the operator, whatever becomes of policies', () => {
  let lab: OperatorLab;
  let operator: Operator;
  /** One for each policy that is changed while a cycle of it is under way. */
  const slow = new Map<string, FaultProxy>();
  const changed = ['deleted', 'lowered', 'shadowed'];

  beforeAll(async () => {
    lab = await openOperatorLab();
    for (const name of changed) {
      const proxy = await faultProxy(lab.prometheus.url);
      slow.set(name, proxy);
      lab.onClose(proxy.close);
    }
    operator = await lab.start({
      servers: Object.fromEntries([...slow].map(([name, { url }]) => [name, url])),
    });
    // A counter that has just appeared is no steady demand.
    lab.counted.set('default', 'again', 220);
    await lab.workload('calm', 5, 100);
    await lab.policy('calm', toward(5));
  }, startTimeoutMs);
  tableAfterAll();
  afterAll(async () => {
    await lab?.close();
  });

  /** Waits until a query of this policy's is on its way. */
  const underWay = async (name: string): Promise<void> => {
    const proxy = slow.get(name)!;
    const known = proxy.seen.length;
    await until(`a cycle of ${name}`, 60, async () => (proxy.seen.length > known ? true : undefined));
  };
  /** The first cycle that can decide, since nobody told the demand before, is under way until the operator knows of the change. */
  const midCycle = async (name: string, more: object, change: () => Promise<unknown>): Promise<void> => {
    await lab.workload(name, 4, Number.NaN);
    await lab.policy(name, { metrics: [requests(name)], ...more });
    await lab.conditionIs(name, 'MetricsAvailable', 'False', 'MissingMetric');
    const made = Promise.withResolvers<void>();
    const work = async (): Promise<void> => {
      await made.promise;
      await sleep(heardWithinSeconds * 1000);
    };
    slow.get(name)?.disturb({ disturbance: { kind: 'after', work } });
    await underWay(name);
    lab.demand(name, 100);
    await change();
    made.resolve();
    slow.get(name)?.lift();
  };
  const told = async (title: string, name: string, startedAt: number): Promise<void> => {
    const judged = await judgeSettled(async () => ({
      records: await keptOf(operator.store, name),
      changes: lab.sizes.changes.filter((change) => change.name === name),
    }));
    figure({ title, seconds: Date.now() / 1000 - startedAt, said: undefined, ...judged });
    expect(judged).toMatchObject({ wrongDowns: [], doubleWrites: [], lostRecords: [] });
  };

  describe.concurrent('and all others are looked after meanwhile: a policy', () => {
    it('that cannot be is refused by the API server, in a sentence', async () => {
      const answer = async (more: object) =>
        (await lab.api.ask('POST', scalingPolicies, lab.policyOf('impossible', more))).body;
      expect(await answer({ minReplicas: 9, maxReplicas: 3 })).toMatchObject({
        code: 422,
        message: expect.stringContaining('minReplicas must be at most maxReplicas'),
      });
      expect(await answer({ intervalSeconds: 7 })).toMatchObject({
        message: expect.stringContaining('intervalSeconds must be a multiple of 5'),
      });
      expect(await answer({ mode: 'Reckless' })).toMatchObject({
        message: expect.stringContaining('Unsupported value: "Reckless"'),
      });
    });

    it('with faults that only we can see is told all of them at once, and looked after once they are mended', async () => {
      const startedAt = Date.now() / 1000;
      await lab.workload('faulty', 3, 100);
      await lab.policy('faulty', {
        metrics: [requests('nowhere')],
        schedules: [
          { name: 'moon', timeZone: 'Moon/Base', start: '0 8 * * *', end: '0 9 * * *', minReplicas: 2 },
        ],
        learning: { policy: 'clairvoyance' },
      });
      const { message } = await lab.conditionIs('faulty', 'Ready', 'False', 'InvalidSpec');
      expect(message).toContain('spec.metrics[0].prometheus.server');
      expect(message).toContain('give one of');
      expect(message).toContain('spec.schedules[0].timeZone');
      expect(message).toContain('Moon/Base');
      expect(message).toContain('spec.learning.policy');
      await lab.api.patch(`${scalingPolicies}/faulty`, {
        spec: {
          metrics: [requests()],
          schedules: null,
          learning: { policy: 'static', settings: { replicas: -4, spirit: 'high' } },
        },
      });
      await until('the faults of the settings', 60, async () => {
        const now = (await lab.condition('faulty', 'Ready'))?.message ?? '';
        return (
          (now.includes('spec.learning.settings.replicas') &&
            now.includes('spec.learning.settings.spirit')) ||
          undefined
        );
      });
      expect(await keptOf(operator.store, 'faulty')).toEqual([]);
      await lab.api.patch(`${scalingPolicies}/faulty`, {
        spec: { learning: { settings: { replicas: 6, spirit: null } } },
      });
      await lab.conditionIs('faulty', 'Ready', 'True', 'SucceededGetScale');
      await lab.sizeIs('faulty', 6);
      await told('policy with faults, then mended', 'faulty', startedAt);
    });

    it('that is deleted while a cycle is under way writes nothing any more, and its series vanish', async () => {
      const startedAt = Date.now() / 1000;
      await midCycle('deleted', toward(9), () => lab.api.ask('DELETE', `${scalingPolicies}/deleted`));
      await sleep(calmSeconds * 1000);
      expect(await lab.size('deleted')).toBe(4);
      const page = await until('the end of its series', 60, async () => {
        const text = await (await fetch(`${operator.url}/metrics`)).text();
        return text.includes('"deleted"') ? undefined : text;
      });
      expect(page).toContain('calm');
      await told('policy deleted mid-cycle', 'deleted', startedAt);
    });

    it('whose greatest size is lowered while a cycle is under way never goes above it', async () => {
      const startedAt = Date.now() / 1000;
      await midCycle('lowered', toward(9), () =>
        lab.api.patch(`${scalingPolicies}/lowered`, { spec: { maxReplicas: 6, intervalSeconds: 10 } }),
      );
      await lab.sizeIs('lowered', 6);
      await sleep(calmSeconds * 1000);
      const changes = lab.sizes.changes.filter(({ name }) => name === 'lowered');
      expect(changes.map(({ from, to }) => [from, to])).toEqual([[4, 6]]);
      const last = (await keptOf(operator.store, 'lowered')).at(-1);
      expect(last).toMatchObject({
        spec: { maxReplicas: 6, intervalSeconds: 10 },
        policy: { generation: 2 },
      });
      await told('policy edited mid-cycle: max and interval', 'lowered', startedAt);
    });

    it('that is set to Shadow while a cycle is under way writes nothing any more, and decides on', async () => {
      const startedAt = Date.now() / 1000;
      await midCycle('shadowed', toward(9), () =>
        lab.api.patch(`${scalingPolicies}/shadowed`, { spec: { mode: 'Shadow' } }),
      );
      await until(
        'a decision in Shadow',
        60,
        async () =>
          (await keptOf(operator.store, 'shadowed')).some(({ outcome }) => outcome === 'shadowed') ||
          undefined,
      );
      expect(await lab.size('shadowed')).toBe(4);
      await until('a status that tells of it', 60, async () => {
        const { status } = await lab.seen('shadowed');
        return (status?.mode === 'Shadow' && status.desiredReplicas === 9) || undefined;
      });
      await told('policy edited mid-cycle: mode', 'shadowed', startedAt);
    });

    it('that is deleted and made again goes on from what was known, under its new UID', async () => {
      const startedAt = Date.now() / 1000;
      await lab.workload('again', 8, 220);
      const learns = {
        metrics: [fromPrometheus('requests', 'http_requests_total', { counter: true })],
        learning: { settings: { capacity: 'given', startUp: 'given', lateness: 'given' } },
      };
      await lab.policy('again', learns);
      await until('some decisions', 90, async () =>
        (await keptOf(operator.store, 'again')).length >= 6 ? true : undefined,
      );
      const first = (await lab.seen('again')).metadata.uid;
      await lab.api.ask('DELETE', `${scalingPolicies}/again`);
      const before = (await keptOf(operator.store, 'again')).length;
      await sleep(2000);
      await lab.policy('again', learns);
      const [next] = await until('a decision after that', 60, async () => {
        const found = (await keptOf(operator.store, 'again')).filter(({ policy: { uid } }) => uid !== first);
        return found.length > 0 ? found : undefined;
      });
      expect(before).toBeGreaterThanOrEqual(6);
      expect(next?.decision.reason).not.toMatch(/FirstLook|MissingMetric/);
      expect(next?.policy.uid).toBe((await lab.seen('again')).metadata.uid);
      await told('policy deleted and made again', 'again', startedAt);
    });

    it('that was Auto and is made again as Shadow writes nothing', async () => {
      const startedAt = Date.now() / 1000;
      await lab.workload('tamed', 4, 100);
      await lab.policy('tamed', toward(5));
      await lab.sizeIs('tamed', 5);
      await lab.api.ask('DELETE', `${scalingPolicies}/tamed`);
      await lab.policy('tamed', { ...toward(7), mode: 'Shadow' });
      await until(
        'a decision of the new one',
        60,
        async () =>
          (await keptOf(operator.store, 'tamed')).some(({ decision: { to } }) => to === 7) || undefined,
      );
      await sleep(calmSeconds * 1000);
      await until('a status in Shadow', 60, async () =>
        (await lab.seen('tamed')).status?.mode === 'Shadow' ? true : undefined,
      );
      expect(await lab.size('tamed')).toBe(5);
      await told('policy made again in another mode', 'tamed', startedAt);
    });
  });

  it('has gaps in the decisions of none that nothing was done to', async () => {
    const judged = judge({
      records: (await keptIn(operator.store)).filter(({ target: { name } }) => name === 'calm'),
      changes: [],
    });
    expect(judged.longestGapSeconds).toBeLessThan(soon(15));
  });
});
