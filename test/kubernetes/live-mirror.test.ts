import { describe, expect, it, onTestFinished } from 'vitest';
import { KubeError } from '#kubernetes/api';
import { indexed } from '#kubernetes/indexed';
import { liveMirror } from '#kubernetes/live-mirror';
import { memoryApi } from './memory-api.ts';
import { virtualTime } from './virtual-time.ts';

const path = '/things';

const opened = (before?: (method: string) => Promise<void>) => {
  const server = memoryApi(path);
  server.on(before === undefined ? {} : { before });
  server.put(`${path}/a`, { metadata: { name: 'a', namespace: 'ns' } });
  const time = virtualTime();
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const world = { api: server.api, now: time.now, sleep: time.sleep, random: () => 0.5, signal: stop.signal };
  const mirror = liveMirror(world, { what: 'Things', path, keep: ({ metadata }) => metadata.name });
  return { server, time, mirror };
};

describe('a mirror that may be believed', () => {
  it('is ready once it is filled', async () => {
    const { mirror } = opened();
    await mirror.ready();
    expect(mirror.get('ns', 'a')).toBe('a');
  });

  it('says what keeps it from being filled, and is ready when that has gone', async () => {
    let forbidden = true;
    const { mirror, time } = opened(async () => {
      if (forbidden) throw new KubeError('may not list things', { code: 403, reason: 'Forbidden' });
    });
    await expect(mirror.ready()).rejects.toThrow('the Things could not be listed yet');
    await expect(mirror.ready()).rejects.toMatchObject({ code: 403, reason: 'Forbidden' });
    forbidden = false;
    await time.pass(60);
    await mirror.ready();
  });

  it('is not believed once the server has not been heard of for long, and again when it is back', async () => {
    let gone = false;
    const { mirror, server, time } = opened(async () => {
      if (gone) throw new KubeError('not answered');
    });
    await mirror.ready();
    await time.settle();
    gone = true;
    server.end();
    await time.pass(140);
    await mirror.ready();
    await time.pass(20);
    await expect(mirror.ready()).rejects.toThrow(/nothing was heard of the Things for 1\d\d s/);
    gone = false;
    await time.pass(60);
    server.put(`${path}/b`, { metadata: { name: 'b', namespace: 'ns' } });
    await time.settle();
    await mirror.ready();
  });

  it('ends the wait of one who gives up, with its reason', async () => {
    const { mirror } = opened(() => new Promise(() => {}));
    const waiting = new AbortController();
    const first = mirror.ready(waiting.signal);
    waiting.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
  });
});

describe('an index', () => {
  it('is made anew once a second, when it is asked', () => {
    let passes = 0;
    let at = 0;
    const find = indexed({
      items: () => {
        passes++;
        return ['a1', 'b1', undefined, 'a2'];
      },
      keyOf: (item) => item[0]!,
      now: () => at,
    });
    for (let i = 0; i < 100; i++) expect(find('a')).toEqual(['a1', 'a2']);
    expect([passes, find('c')]).toEqual([1, []]);
    at = 1;
    find('a');
    expect(passes).toBe(2);
  });
});
