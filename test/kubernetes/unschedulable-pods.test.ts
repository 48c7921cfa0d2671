import { describe, expect, it } from 'vitest';
import { KubeError, type Sent } from '#kubernetes/api';
import type { Pod } from '#kubernetes/pods';
import { unschedulablePods } from '#kubernetes/unschedulable-pods';
import { workloadOf } from '#kubernetes/workload';

const pod = (name: string, app: string, reason: string, going = false): Pod => ({
  metadata: {
    name,
    labels: { app },
    ...(going && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  },
  status: { conditions: [{ type: 'PodScheduled', status: 'False', reason }] },
});
const seen = (app: string) => ({
  podSelector: `app=${app}`,
  workload: workloadOf('Deployment')({
    metadata: { namespace: 'shop', name: app },
    spec: { selector: { matchLabels: { app } }, template: {} },
  }),
});

const counting = (items: readonly Pod[] = []) => {
  const asked: (readonly [path: string, selector: string | undefined])[] = [];
  let fault: KubeError | undefined;
  let at = 0;
  const request = async <T>(_: string, path: string, { query }: Sent = {}): Promise<T> => {
    asked.push([path, query?.labelSelector]);
    if (fault !== undefined) throw fault;
    return { items } as T;
  };
  return {
    count: unschedulablePods({ api: { request }, now: () => at }),
    asked,
    fail: (with_: KubeError | undefined) => {
      fault = with_;
    },
    pass: (seconds: number) => {
      at += seconds;
    },
  };
};

describe('pods that no node has room for', () => {
  const waiting = [
    pod('a', 'web', 'Unschedulable'),
    pod('b', 'web', 'Unschedulable'),
    pod('c', 'web', 'SchedulingGated'),
    pod('d', 'web', 'Unschedulable', true),
    pod('e', 'api', 'Unschedulable'),
  ];

  it('are those that the scheduler says so of, unless they are going, each with its own target', async () => {
    const { count } = counting(waiting);
    expect(await count('shop', seen('web'))).toBe(2);
    expect(await count('shop', seen('api'))).toBe(1);
    expect(await count('shop', seen('db'))).toBe(0);
  });

  it('are listed once for all targets of a namespace within five seconds', async () => {
    const { count, asked, pass } = counting(waiting);
    await Promise.all(Array.from({ length: 50 }, (_, i) => count('shop', seen(`app-${i}`))));
    pass(4.9);
    await count('shop', seen('web'));
    expect(asked).toHaveLength(1);
    pass(0.1);
    await count('shop', seen('web'));
    await count('bank', seen('web'));
    expect(asked.map(([path]) => path)).toEqual([
      '/api/v1/namespaces/shop/pods',
      '/api/v1/namespaces/shop/pods',
      '/api/v1/namespaces/bank/pods',
    ]);
  });

  it('are selected by the server where the selector is known as text alone', async () => {
    const { count, asked } = counting(waiting.slice(0, 1));
    expect(await count('shop', { podSelector: 'app in (web)' })).toBe(1);
    expect(asked[0]![1]).toBe('app in (web)');
  });

  it('are asked for anew after a failure, and one who gives up waits no longer', async () => {
    const { count, asked, fail } = counting(waiting);
    fail(new KubeError('503', { code: 503 }));
    await expect(count('shop', seen('web'))).rejects.toThrow('503');
    fail(undefined);
    expect(await count('shop', seen('web'))).toBe(2);
    expect(asked).toHaveLength(2);
    await expect(count('shop', seen('web'), AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
  });
});
