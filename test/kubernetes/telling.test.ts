import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '#adapters/clocks/system';
import type { KubeApi } from '#kubernetes/api';
import { eventRecorder } from '#kubernetes/events';
import { statusOf } from '#kubernetes/policy-status';
import type { ScalingPolicy } from '#kubernetes/scaling-policy';
import { statusWriter } from '#kubernetes/status-writer';
import { tokenBucket } from '#kubernetes/token-bucket';
import { type ControlPlane, startControlPlane } from '#test/cluster/control-plane';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { decision, record, startAt } from '#test/make';
import { facts } from './a-policy.ts';
import { asking } from './asking.ts';
import { createPolicy, installCrd, policies } from './lab.ts';

const clock = systemClock();
const bucket = tokenBucket({ perSecond: 50, burst: 50 });

type Event = {
  readonly reason: string;
  readonly note: string;
  readonly type: string;
  readonly series?: { readonly count: number };
  readonly reportingController: string;
};

needs('kubernetes')('what is told of a policy on an API server', () => {
  let plane: ControlPlane;
  let api: Pick<KubeApi, 'request'>;
  beforeAll(async () => {
    plane = await startControlPlane();
    api = asking(plane.kubeconfig).api;
    await installCrd(plane.api);
  }, startTimeoutMs);
  afterAll(() => plane?.stop());

  const refOf = ({ metadata: { name, uid } }: ScalingPolicy) => ({ namespace: 'default', name, uid: uid! });
  const writing = () => {
    const faults: unknown[] = [];
    return {
      faults,
      writer: statusWriter({ api, clock, bucket, onFault: (_, error) => void faults.push(error) }),
    };
  };
  const statusNow = async (name: string) =>
    (await plane.api.get<ScalingPolicy>(`${policies}/${name}`)).status;

  it('is the whole status, and only what is still so', async () => {
    const policy = refOf(await createPolicy(plane.api, {}, 'told'));
    const { writer, faults } = writing();
    const scaled = record({ decision: decision({ to: 6 }), outcome: 'scaled' });
    const proposal = { id: 'p', from: 4, to: 6, reason: 'BelowLowLine', expiresAt: '2026-01-05T00:15:00Z' };
    const holder = { writer: 'kubectl', reason: 'ManualScaling', untilSeconds: startAt } as const;
    const first = statusOf(facts({ record: scaled, proposal, holder, canaryRatio: 0.2 }), undefined, startAt);
    writer.write(policy, first);
    await writer.idle();
    expect(await statusNow('told')).toEqual(first);

    const { expert: _, ...ruled } = decision({ to: 2 });
    const later = record({ id: 'later', decision: { ...ruled, values: [] }, outcome: 'scaled' });
    const second = statusOf(facts({ record: later }), first, startAt + 60);
    writer.write(policy, second);
    await writer.idle();
    expect(await statusNow('told')).toEqual(second);
    expect(faults).toEqual([]);
  });

  it('never goes to a policy of the same name that came after', async () => {
    const old = refOf(await createPolicy(plane.api, {}, 'again'));
    await plane.api.ask('DELETE', `${policies}/again`);
    await createPolicy(plane.api, {}, 'again');
    const { writer, faults } = writing();
    writer.write(old, { owner: 'nimbusguard-0' });
    await writer.idle();
    expect(await statusNow('again')).toBeUndefined();
    expect(faults).toMatchObject([{ code: 422 }]);
  });

  it('is told in events, which become a series when they come again', async () => {
    const policy = refOf(await createPolicy(plane.api, {}, 'noted'));
    const faults: unknown[] = [];
    const recorder = eventRecorder({
      ...{ api, clock, bucket, instance: 'nimbusguard-0' },
      onFault: (error) => void faults.push(error),
    });
    const note = { type: 'Warning', reason: 'MetricsLost', action: 'ReadMetrics' } as const;
    const long = { ...note, note: `x${'→'.repeat(3000)}` };
    const short = { ...note, note: 'no series' };
    recorder.record(policy, [long, short, short, short]);
    await recorder.idle();
    const { items } = await plane.api.get<{ items: readonly Event[] }>(
      '/apis/events.k8s.io/v1/namespaces/default/events?fieldSelector=regarding.name%3Dnoted',
    );
    expect(faults).toEqual([]);
    expect(items).toHaveLength(2);
    expect(items.find(({ note }) => note === 'no series')).toMatchObject({
      ...{ type: 'Warning', reason: 'MetricsLost', reportingController: 'nimbusguard.io/controller' },
      series: { count: 3 },
    });
    // An arrow is three bytes: 1 + 3 · 341 = 1024.
    expect(items.find(({ note }) => note.startsWith('x'))!.note).toHaveLength(342);

    await plane.api.ask('DELETE', '/apis/events.k8s.io/v1/namespaces/default/events');
    recorder.record(policy, [short]);
    await recorder.idle();
    expect(faults).toEqual([]);
  });
});
