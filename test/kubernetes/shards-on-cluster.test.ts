import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KubeApi } from '#kubernetes/api';
import { openKubeApi } from '#kubernetes/https-api';
import { kubeconfigCredentials } from '#kubernetes/kubeconfig-credentials';
import { type Shards, shards } from '#kubernetes/shards';
import { type ControlPlane, startControlPlane } from '#test/cluster/control-plane';
import { until } from '#test/cluster/until';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { type Move, owners } from './owners.ts';
import { seconds, sleep } from './real-time.ts';

const all = Array.from({ length: 16 }, (_, bucket) => bucket);
const unixNow = (): number => Date.now() / 1000;

type Told = {
  readonly at: number;
  readonly what: Move['what'] | 'resumed';
  readonly bucket: number;
  readonly owned: number;
};

needs('kubernetes')('shards on a cluster', () => {
  let plane: ControlPlane;
  const apis: KubeApi[] = [];
  const children: ChildProcess[] = [];
  const book = owners(unixNow);

  beforeAll(async () => {
    plane = await startControlPlane();
  }, startTimeoutMs);
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    for (const api of apis) api.close();
    await plane?.stop();
  });

  const joined = async (identity: string): Promise<Shards> => {
    const api = openKubeApi({ credentials: await kubeconfigCredentials({ file: plane.kubeconfig }) });
    apis.push(api);
    return shards({
      api,
      namespace: 'default',
      prefix: 'guard',
      identity,
      instance: '1',
      buckets: all.length,
      enter: (bucket) => book.note(identity, bucket, 'enter'),
      leave: async (bucket) => {
        book.note(identity, bucket, 'leave');
        await sleep(0.3);
        book.note(identity, bucket, 'left');
      },
      now: seconds,
      unixNow,
      sleep,
    });
  };

  /** A process of its own; it tells what it does. */
  const spawned = (identity: string): { child: ChildProcess; told: Told[] } => {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'shard-member.ts'), plane.kubeconfig, identity],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    children.push(child);
    const told: Told[] = [];
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const one = JSON.parse(line) as Told;
      told.push(one);
      if (one.what !== 'resumed') book.note(identity, one.bucket, one.what, one.at);
    });
    return { child, told };
  };

  const together = (members: readonly Shards[]): number[] =>
    members.flatMap((one) => [...one.owned()]).sort((a, b) => a - b);
  const untilAll = (withinSeconds: number, ...members: readonly Shards[]): Promise<true> =>
    until('all buckets', withinSeconds, async () =>
      together(members).length === all.length ? true : undefined,
    );

  it('come, move and go without ever having two owners', async () => {
    const a = await joined('a');
    await untilAll(60, a);
    const b = await joined('b');
    const c = spawned('c');
    await until('three members', 120, async () => (a.members().length === 3 ? true : undefined));
    await until('a share for each', 120, async () =>
      book.ownedBy('c').length > 0 && together([a, b]).length + book.ownedBy('c').length === all.length
        ? true
        : undefined,
    );
    expect(await b.fence(keyIn(b))).toBeGreaterThan(1);

    // Stopped for longer than a Lease lasts: its buckets are taken, and it knows before anything else.
    c.child.kill('SIGSTOP');
    book.dies('c');
    await untilAll(60, a, b);
    const resumedAt = unixNow();
    c.child.kill('SIGCONT');
    // A busy machine may have stopped it for a while before, too.
    const resumed = await until('it runs again', 60, async () =>
      c.told.find(({ what, at }) => what === 'resumed' && at >= resumedAt),
    );
    expect(resumed.owned).toBe(0);
    await until('its share again', 60, async () =>
      together([a, b]).length < all.length && book.ownedBy('c').length > 0 ? true : undefined,
    );

    c.child.kill('SIGKILL');
    book.dies('c');
    await untilAll(60, a, b);
    await b.stop();
    await untilAll(60, a);
    expect(book.doubles()).toEqual([]);
    expect(a.members()).toEqual(['a']);
    await a.stop();
    const { items } = await plane.api.get<{ items: { metadata: { name: string } }[] }>(
      '/apis/coordination.k8s.io/v1/namespaces/default/leases?labelSelector=nimbusguard.io%2Fmember',
    );
    // Only who was killed could not tidy up.
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['guard-member-c']);
  });

  const keyIn = (member: Shards): string =>
    Array.from({ length: 1000 }, (_, i) => `k${i}`).find((key) => member.owns(key)) ?? '';
});
