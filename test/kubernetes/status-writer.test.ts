import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pacedClock } from '#adapters/clocks/paced';
import { systemClock } from '#adapters/clocks/system';
import { type KubeApi, KubeError } from '#kubernetes/api';
import type { PolicyStatus } from '#kubernetes/scaling-policy';
import { statusWriter } from '#kubernetes/status-writer';
import { tokenBucket } from '#kubernetes/token-bucket';
import type { Clock } from '#ports';
import { startAt } from '#test/make';

const web = { namespace: 'default', name: 'web', uid: 'a' };
const api = { namespace: 'default', name: 'api', uid: 'b' };
const size = (currentReplicas: number): PolicyStatus => ({ currentReplicas });

type Written = { readonly path: string; readonly replicas: number; readonly atSeconds: number };

/** A server that keeps what is written, or answers as it is told. */
const server = (clock: Clock, answers: readonly (Error | undefined)[] = []) => {
  const written: Written[] = [];
  let asked = 0;
  let open = 0;
  let mostOpen = 0;
  const request = async (_: string, path: string, sent?: { body?: unknown }): Promise<unknown> => {
    const answer = answers[asked++];
    open++;
    mostOpen = Math.max(mostOpen, open);
    await Promise.resolve();
    open--;
    if (answer !== undefined) throw answer;
    const [, { value }] = sent!.body as [object, { value: { currentReplicas: number } }];
    written.push({ path, replicas: value.currentReplicas, atSeconds: clock.now() - startAt });
    return {};
  };
  return { api: { request } as Pick<KubeApi, 'request'>, written, mostOpen: () => mostOpen };
};

const setUp = (answers: readonly (Error | undefined)[] = [], bucket = { perSecond: 10, burst: 1 }) => {
  const clock = pacedClock(systemClock(), startAt, Number.POSITIVE_INFINITY);
  const world = server(clock, answers);
  const faults: unknown[] = [];
  const writer = statusWriter({
    api: world.api,
    clock,
    bucket: tokenBucket(bucket),
    onFault: (_, error) => void faults.push(error),
  });
  return { ...world, writer, faults };
};

describe('a writer of statuses', () => {
  it('writes the newest of what came while it waited', async () => {
    const { writer, written } = setUp();
    for (let n = 1; n <= 5; n++) writer.write(web, size(n));
    await writer.idle();
    expect(written.map(({ replicas }) => replicas)).toEqual([5]);
    expect(written[0]!.path).toBe(
      '/apis/nimbusguard.io/v1alpha1/namespaces/default/scalingpolicies/web/status',
    );
  });

  it('has one write of a policy under way, and loses none that came meanwhile', async () => {
    const { writer, written, mostOpen } = setUp([], { perSecond: 1000, burst: 100 });
    writer.write(web, size(1));
    while (written.length === 0) {
      writer.write(web, size(2));
      await Promise.resolve();
    }
    writer.write(web, size(3));
    await writer.idle();
    expect(written.at(-1)!.replicas).toBe(3);
    expect(mostOpen()).toBe(1);
  });

  it('tries again later after a failure, with the newest, while others go on', async () => {
    const gone = new KubeError('no answer');
    const { writer, written, faults } = setUp([gone, undefined, gone]);
    writer.write(web, size(1));
    writer.write(api, size(7));
    await writer.idle();
    expect(written.map(({ replicas }) => replicas)).toEqual([7, 1]);
    expect(faults).toEqual([gone, gone]);
    // 1 s after the first failure, 2 s after the second.
    expect(written[1]!.atSeconds).toBeGreaterThanOrEqual(3);
  });

  it('waits as long as the server asks for', async () => {
    const { writer, written } = setUp([new KubeError('too many', { code: 429, retryAfterSeconds: 30 })]);
    writer.write(web, size(1));
    await writer.idle();
    expect(written[0]!.atSeconds).toBeGreaterThanOrEqual(30);
  });

  it('drops a status that nobody waits for, or that is refused, and tells of the latter', async () => {
    const { writer, written, faults } = setUp([
      new KubeError('gone', { code: 404 }),
      new KubeError('invalid', { code: 422 }),
    ]);
    writer.write(web, size(1));
    writer.write(api, size(2));
    await writer.idle();
    expect(written).toEqual([]);
    expect(faults).toHaveLength(1);
    writer.write(web, size(3));
    await writer.idle();
    expect(written.map(({ replicas }) => replicas)).toEqual([3]);
  });

  it('keeps to one pace for all policies', async () => {
    const { writer, written } = setUp([], { perSecond: 10, burst: 5 });
    for (let n = 0; n < 50; n++) writer.write({ ...web, uid: `${n}` }, size(n));
    await writer.idle();
    expect(written).toHaveLength(50);
    // 5 at once and 45 at 10 a second.
    expect(written.at(-1)!.atSeconds).toBeCloseTo(4.5, 1);
  });
});

describe('a bucket', () => {
  it('never lets more go in any time than burst and pace allow', () => {
    const asks = fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        asks,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 9 }),
        (gaps, burst, perSecond) => {
          const bucket = tokenBucket({ burst, perSecond });
          let now = 0;
          const goes = gaps.map((gap) => {
            now += gap;
            const at = bucket.take(now);
            expect(at).toBeGreaterThanOrEqual(now);
            return at;
          });
          for (const [i, from] of goes.entries())
            for (const [j, to] of goes.entries())
              if (j >= i) expect(j - i + 1).toBeLessThanOrEqual(burst + perSecond * (to - from) + 1e-6);
        },
      ),
    );
  });
});
