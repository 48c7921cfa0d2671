import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { KubeError, type KubeObject } from '#kubernetes/api';
import { backOffSeconds } from '#kubernetes/back-off';
import { openKubeApi } from '#kubernetes/https-api';
import { type Mirror, type MirrorChange, mirror } from '#kubernetes/mirror';
import { memoryApi } from './memory-api.ts';
import { json, smallServer } from './small-server.ts';
import { virtualTime } from './virtual-time.ts';

type Thing = KubeObject & { readonly size: number };
const path = '/things';
const thing = (name: string, size: number): Thing => ({ metadata: { name, namespace: 'ns' }, size });

const stops: AbortController[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort();
});

const mirrored = (given: { api: ReturnType<typeof memoryApi>['api'] }) => {
  const time = virtualTime();
  const stop = new AbortController();
  stops.push(stop);
  const changes: MirrorChange<number>[] = [];
  const troubles: unknown[] = [];
  const copy = mirror<Thing, number>({
    api: given.api,
    path,
    keep: ({ size }) => size,
    onChange: (change) => changes.push(change),
    onTrouble: (error) => troubles.push(error),
    now: time.now,
    sleep: time.sleep,
    random: () => 0.5,
    signal: stop.signal,
  });
  return { copy, time, stop, changes, troubles };
};

const told = (changes: MirrorChange<number>[]): string[] =>
  changes
    .splice(0)
    .map(({ type, namespace, name, before, now }) => `${type} ${namespace}/${name} ${before}→${now}`);
const sizesIn = (copy: Mirror<number>): number[] => [...copy.items()].sort((a, b) => a - b);

describe('a mirror', () => {
  it('shows what is there, and tells each change with what was before', async () => {
    const server = memoryApi(path);
    server.put(`${path}/a`, thing('a', 1));
    const { copy, time, changes } = mirrored(server);
    await copy.synced;
    await time.settle();
    expect(copy.get('ns', 'a')).toBe(1);
    expect(told(changes)).toEqual(['added ns/a undefined→1']);

    server.put(`${path}/b`, thing('b', 2));
    server.put(`${path}/a`, thing('a', 3));
    server.remove(`${path}/b`);
    await time.settle();
    expect(told(changes)).toEqual([
      'added ns/b undefined→2',
      'modified ns/a 1→3',
      'deleted ns/b 2→undefined',
    ]);
    expect(sizesIn(copy)).toEqual([3]);
  });

  it('lists large collections in pages of 500', async () => {
    const server = memoryApi(path);
    for (let i = 0; i < 1201; i++) server.put(`${path}/n${i}`, thing(`n${i}`, i));
    let requests = 0;
    server.on({
      before: async (method) => {
        if (method === 'GET') requests++;
      },
    });
    const { copy } = mirrored(server);
    await copy.synced;
    expect(sizesIn(copy)).toHaveLength(1201);
    expect(requests).toBe(3);
  });

  it('goes on where it was when a watch ends, and lists anew only when that is forgotten', async () => {
    const server = memoryApi(path);
    server.put(`${path}/a`, thing('a', 1));
    server.put(`${path}/b`, thing('b', 2));
    const asked: string[] = [];
    server.on({ before: async (method) => void asked.push(method) });
    const { time, changes, troubles } = mirrored(server);
    await time.pass(10);
    server.end();
    await time.pass(10);
    expect(asked).toEqual(['GET', 'WATCH', 'WATCH']);
    told(changes);

    server.remove(`${path}/a`);
    server.put(`${path}/c`, thing('c', 3));
    // Those events are told; then the next watch finds its place forgotten.
    await time.settle();
    told(changes);
    server.remove(`${path}/b`);
    server.put(`${path}/d`, thing('d', 4));
    await time.settle();
    expect(told(changes)).toEqual(['deleted ns/b 2→undefined', 'added ns/d undefined→4']);
    server.compact();
    server.end();
    await time.pass(10);
    expect(asked.slice(3).filter((one) => one !== 'EVENT')).toEqual(['WATCH', 'GET', 'WATCH']);
    expect(troubles).toMatchObject([{ code: 410 }]);
    // The list showed nothing new.
    expect(told(changes)).toEqual([]);
  });

  it('tells from a list what vanished unseen', async () => {
    const server = memoryApi(path);
    server.put(`${path}/a`, thing('a', 1));
    server.put(`${path}/b`, thing('b', 2));
    const { time, changes } = mirrored(server);
    await time.pass(10);
    told(changes);
    server.on({
      before: async (method) => {
        if (method === 'EVENT') throw new KubeError('cut');
      },
    });
    server.remove(`${path}/a`);
    server.put(`${path}/b`, thing('b', 5));
    await time.settle();
    server.compact();
    server.on({});
    await time.pass(10);
    expect(told(changes)).toEqual(['deleted ns/a 1→undefined', 'modified ns/b 2→5']);
  });

  it('lists anew after half an hour, at the next end of a watch', async () => {
    const server = memoryApi(path);
    const asked: string[] = [];
    server.on({ before: async (method) => void asked.push(method) });
    const { time } = mirrored(server);
    await time.pass(100);
    server.end();
    await time.pass(1);
    // Without bookmarks the watch is begun again after 150 s of silence.
    await time.pass(1900);
    expect(asked.filter((one) => one === 'GET')).toHaveLength(2);
    expect(asked.filter((one) => one === 'WATCH').length).toBeLessThan(19);
  });

  it('begins a watch anew that was silent for too long, and says how long it heard nothing', async () => {
    const server = memoryApi(path);
    const { copy, time, troubles } = mirrored(server);
    expect(copy.heardAgoSeconds()).toBe(Number.POSITIVE_INFINITY);
    await time.pass(149);
    expect(copy.heardAgoSeconds()).toBe(149);
    expect(troubles).toEqual([]);
    await time.pass(2);
    expect(troubles).toMatchObject([{ reason: 'Silent' }]);
    server.put(`${path}/a`, thing('a', 1));
    await time.settle();
    expect(copy.heardAgoSeconds()).toBe(0);
  });

  it('asks a server that hangs up or refuses ever more rarely, and no more often than it wishes', async () => {
    const server = memoryApi(path);
    let watches = 0;
    server.on({
      before: async (method) => {
        if (method !== 'WATCH') return;
        watches++;
        if (watches % 2 === 0) throw new KubeError('full', { code: 429, retryAfterSeconds: 40 });
        server.end();
      },
    });
    const { time } = mirrored(server);
    await time.pass(600);
    // About half of them wait 22.5 s, half of them 40 s.
    expect(watches).toBeGreaterThan(15);
    expect(watches).toBeLessThan(25);
  });

  it('ends with its signal, whether it has seen a list or not', async () => {
    const server = memoryApi(path);
    const { copy, time, stop, changes } = mirrored(server);
    await time.settle();
    await copy.synced;
    stop.abort();
    await time.settle();
    server.put(`${path}/a`, thing('a', 1));
    await time.pass(100);
    expect(changes).toEqual([]);
    expect(time.waits()).toEqual([]);

    server.on({ before: async () => Promise.reject(new KubeError('away')) });
    const never = mirrored(server);
    await never.time.pass(5);
    never.stop.abort(new Error('enough'));
    await expect(never.copy.synced).rejects.toThrow('enough');
  });

  it('is equal to what is there in the end, and so are the changes it told, whatever broke', async () => {
    type Step = {
      readonly kind: 'put' | 'remove' | 'cut' | 'compact' | 'end' | 'wait';
      readonly name: string;
      readonly size: number;
    };
    const step: fc.Arbitrary<Step> = fc.record({
      kind: fc.constantFrom('put', 'put', 'remove', 'cut', 'compact', 'end', 'wait'),
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      size: fc.nat(9),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const server = memoryApi(path);
        const { copy, time, stop, changes } = mirrored(server);
        for (const { kind, name, size } of steps) {
          if (kind === 'put') server.put(`${path}/${name}`, thing(name, size));
          else if (kind === 'remove') server.remove(`${path}/${name}`);
          else if (kind === 'compact') server.compact();
          else if (kind === 'end') server.end();
          else if (kind === 'wait') await time.pass(size);
          else {
            server.on({ before: () => Promise.reject(new KubeError('cut')) });
            await time.pass(size / 3);
            server.on({});
          }
        }
        server.end();
        await time.pass(60);
        const there = new Map(
          [...server.objects.values()].map((o) => [o.metadata.name, (o as unknown as Thing).size]),
        );
        const byChanges = new Map<string, number>();
        for (const { type, name, before, now } of changes) {
          expect(byChanges.get(name)).toBe(before);
          expect(type).toBe(before === undefined ? 'added' : now === undefined ? 'deleted' : 'modified');
          if (now === undefined) byChanges.delete(name);
          else byChanges.set(name, now);
        }
        const names = ['a', 'b', 'c', 'd'].filter((name) => copy.get('ns', name) !== undefined);
        expect(new Map(names.map((name) => [name, copy.get('ns', name)]))).toEqual(
          new Map([...there].sort(([a], [b]) => (a < b ? -1 : 1))),
        );
        expect(byChanges).toEqual(there);
        stop.abort();
      }),
      { numRuns: 60 },
    );
  });

  it('outlives cut connections of a real stream', async () => {
    let version = 1;
    const objects = [thing('a', 1)];
    // What is cut off before it was read is lost, and this server tells nothing twice.
    const onHeard = new Map<string, () => void>();
    const server = await smallServer((request, response) => {
      const { searchParams: query } = new URL(request.url ?? '', 'https://x');
      if (query.get('watch') === null) {
        json(response, 200, { metadata: { resourceVersion: `${version}` }, items: objects });
        return;
      }
      const name = `w${++version}`;
      const object = {
        ...thing(name, version),
        metadata: { name, namespace: 'ns', resourceVersion: `${version}` },
      };
      onHeard.set(name, () => response.destroy());
      response.writeHead(200).write(`${JSON.stringify({ type: 'ADDED', object })}\n{"type":`);
    });
    const api = openKubeApi({ credentials: server.credentials });
    const stop = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    const copy = mirror<Thing, number>({
      api,
      path,
      keep: ({ size }) => size,
      onChange: ({ name }) => {
        onHeard.get(name)?.();
        if (name === 'w4') resolve();
      },
      now: () => performance.now() / 1000,
      sleep: (_, signal) =>
        new Promise((wake, reject) => {
          const timer = setTimeout(wake, 10_000);
          signal?.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(signal.reason);
          });
          // Failures wait for no time at all.
          if (signal === stop.signal) wake();
        }),
      random: () => 0,
      signal: stop.signal,
    });
    await promise;
    expect(sizesIn(copy)).toEqual([1, 2, 3, 4]);
    stop.abort();
    api.close();
    await server.close();
  });
});

describe('the wait after failures', () => {
  it('lies between half a second and half a minute, doubles, and has chance in it', () => {
    expect([1, 2, 3, 4, 5, 6, 100].map((n) => backOffSeconds(n, () => 0))).toEqual([0.5, 1, 2, 4, 8, 15, 15]);
    expect([1, 2, 3, 4, 5, 6, 100].map((n) => backOffSeconds(n, () => 1))).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });

  it('is as long as the server wishes, up to a minute', () => {
    const asked = (seconds: number) => new KubeError('', { retryAfterSeconds: seconds });
    expect(backOffSeconds(1, () => 0, asked(7))).toBe(7);
    expect(backOffSeconds(1, () => 0, asked(3600))).toBe(60);
    expect(backOffSeconds(6, () => 0, asked(7))).toBe(15);
  });
});
