import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KubeError } from '#kubernetes/api';
import { type GuardedWrite, guardedWrite } from '#kubernetes/guarded-write';

/** An object with a number, and a queue of what the server or others do before a write arrives. */
const world = (given: {
  readonly value?: number;
  readonly meanwhile?: readonly (() => void)[];
  readonly answers?: readonly (KubeError | undefined)[];
}) => {
  let value = given.value ?? 3;
  let version = 10;
  const log: string[] = [];
  const answers = [...(given.answers ?? [])];
  const meanwhile = [...(given.meanwhile ?? [])];
  const at = () => ({ resourceVersion: `${version}`, value });
  const of = (changes: Partial<GuardedWrite> = {}): GuardedWrite => ({
    what: 'default/Deployment/web',
    from: 3,
    to: 5,
    seen: at(),
    fence: async () => void log.push('fence'),
    read: async () => {
      log.push('read');
      return at();
    },
    write: async (resourceVersion) => {
      meanwhile.shift()?.();
      log.push('write');
      const answer = answers.shift();
      if (answer !== undefined) throw answer;
      if (resourceVersion !== `${version}`) throw new KubeError('newer', { code: 409, reason: 'Conflict' });
      value = 5;
      version++;
      return at();
    },
    who: async () => 'by kubectl, through scale',
    rule: 'update on deployments/scale of the group apps, in the namespace default',
    retryWithinSeconds: 5,
    sleep: async (seconds) => void log.push(`sleep ${seconds}`),
    ...changes,
  });
  return {
    log,
    of,
    at,
    /** Something else of the object changes. */
    touch: () => {
      version++;
    },
    set: (to: number) => {
      value = to;
      version++;
    },
  };
};
const refused = (code: number, retryAfterSeconds?: number): KubeError =>
  new KubeError('no', { code, retryAfterSeconds });

describe('a guarded write', () => {
  it('asks the fence, then writes', async () => {
    const { of, log, at } = world({});
    expect(await guardedWrite(of())).toEqual({ resourceVersion: '11', value: 5 });
    expect([log, at().value]).toEqual([['fence', 'write'], 5]);
  });

  it('writes nothing where the fence says no', async () => {
    const { of, log, at } = world({});
    const fence = () => Promise.reject(new Error('lost'));
    await expect(guardedWrite(of({ fence }))).rejects.toThrow('lost');
    expect([log, at().value]).toEqual([[], 3]);
  });

  it('asks the fence again for each write, after it has read again', async () => {
    const one = world({ meanwhile: [() => one.touch(), () => one.touch()] });
    await guardedWrite(one.of());
    expect(one.log.join(' ')).toBe('fence write read fence write read fence write');
    expect(one.at().value).toBe(5);
  });

  it('gives up after three writes that met a newer version', async () => {
    const touch = () => one.touch();
    const one = world({ meanwhile: [touch, touch, touch, touch] });
    await expect(guardedWrite(one.of())).rejects.toThrow('changes too fast: 3 writes');
    expect(one.at().value).toBe(3);
  });

  it('leaves the number to whoever changed it, and says who and to what', async () => {
    const one = world({ meanwhile: [() => one.set(7)] });
    await expect(guardedWrite(one.of())).rejects.toThrow(
      '[kubernetes] default/Deployment/web was 3 when this was decided, and is 7 now (by kubectl, through scale): not set to 5; the next cycle decides anew',
    );
    expect(one.at().value).toBe(7);
  });

  it('writes nothing where the number has the wanted value already, as after an answer that was lost', async () => {
    const { of, log } = world({ value: 5 });
    expect(await guardedWrite(of())).toBeUndefined();
    expect(log).toEqual([]);
  });

  it('waits once for a server that says when it comes back, and asks the fence again', async () => {
    for (const code of [429, 503]) {
      const one = world({ answers: [refused(code, 2)] });
      await guardedWrite(one.of());
      expect(one.log.join(', ')).toBe('fence, write, sleep 2, fence, write');
      const busy = world({ answers: [refused(code, 2), refused(code, 2)] });
      await expect(guardedWrite(busy.of())).rejects.toMatchObject({ code });
    }
  });

  it('does not wait where the server does not say how long, or longer than a cycle can', async () => {
    for (const answer of [
      refused(503),
      refused(500),
      refused(429, 6),
      refused(400, 1),
      new KubeError('gone'),
    ]) {
      const one = world({ answers: [answer] });
      await expect(guardedWrite(one.of())).rejects.toThrow(KubeError);
      expect(one.log).toEqual(['fence', 'write']);
    }
  });

  it('says what mends a refusal', async () => {
    await expect(guardedWrite(world({ answers: [refused(403)] }).of())).rejects.toThrow(
      'the role lacks update on deployments/scale of the group apps',
    );
    await expect(guardedWrite(world({ answers: [refused(404)] }).of())).rejects.toThrow(
      'is gone: create it again, or delete the policy',
    );
  });

  it('sets the wanted number or leaves that of others, whatever happens meanwhile', async () => {
    const event = fc.constantFrom('touch', 'set', 'busy', 'none');
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 4 }), async (events) => {
        let others = 3;
        const one = world({
          answers: events.map((what) => (what === 'busy' ? refused(429, 1) : undefined)),
          meanwhile: events.map((what) => () => {
            if (what === 'touch') one.touch();
            if (what !== 'set') return;
            others = 9;
            one.set(9);
          }),
        });
        const done = await guardedWrite(one.of()).then(
          () => true,
          () => false,
        );
        expect(one.at().value).toBe(done ? 5 : others);
        const fenced = one.log.filter((what) => what !== 'read' && !what.startsWith('sleep'));
        expect(fenced.every((what, i) => what === (i % 2 === 0 ? 'fence' : 'write'))).toBe(true);
        expect(one.log.filter((what) => what === 'write').length).toBeLessThanOrEqual(4);
      }),
    );
  });
});
