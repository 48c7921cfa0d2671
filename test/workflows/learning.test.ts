import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Clock, type Learner, PortError } from '#ports';
import { startAt, target } from '#test/make';
import { learnInTurn, nextOf, type Pupil } from '#workflows/learning';

/** Passes whenever somebody waits. */
const leaping = (): Clock => {
  let now = startAt;
  return {
    now: () => now,
    until: async (atSeconds, signal) => {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      now = Math.max(now, atSeconds);
    },
  };
};

type Ended = { readonly name: string; readonly at: number };

/** A target whose next round is due `everySeconds` after the last was. */
const pupilOf = (
  name: string,
  clock: Clock,
  given: { everySeconds: number; regret: number },
  ended: Ended[],
): Pupil => {
  let dueAt: number | undefined = startAt;
  let before = startAt;
  return {
    target: target(name),
    clock,
    rounds: {
      dueAt: () => dueAt,
      regret: () => given.regret,
      begin: () => {
        before = dueAt!;
        dueAt = undefined;
        return { start: name, parts: 4, part: () => ({ value: undefined, buffers: [] }) };
      },
      end: (result) => {
        dueAt = result === undefined ? before : before + given.everySeconds;
        if (result !== undefined) ended.push({ name, at: clock.now() });
      },
      settle: () => false,
    },
  };
};

/** Each part of a round takes as much CPU as is said. */
const costly = (cpuSeconds: number, fails: (start: unknown) => boolean = () => false): Learner => ({
  name: 'costly',
  learn: async (round, pause) => {
    for (let i = 0; i < round.parts; i++) await pause(cpuSeconds);
    if (fails(round.start)) throw new PortError('learning', 'too hard');
    return 'learnt';
  },
  close: async () => {},
});

const lived = async (
  seconds: number,
  pupils: readonly { name: string; everySeconds: number; regret: number }[],
  { cpuShare = 0.1, cpuSeconds = 0.1, fails = (_: unknown): boolean => false } = {},
) => {
  const clock = leaping();
  const stop = new AbortController();
  const ended: Ended[] = [];
  const faults: string[] = [];
  const taught = pupils.map(({ name, ...given }) => pupilOf(name, clock, given, ended));
  const learning = learnInTurn({
    pupils: () => taught,
    learner: costly(cpuSeconds, fails),
    clock: {
      now: clock.now,
      until: async (at, signal) => {
        if (clock.now() >= startAt + seconds) stop.abort(new Error('stop'));
        await clock.until(at, signal);
      },
    },
    cpuShare,
    signal: stop.signal,
    onFault: ({ name }) => void faults.push(name),
  });
  await learning.over;
  return { ended, faults, status: learning.status(), elapsed: clock.now() - startAt };
};

describe('learning in turn', () => {
  it('never takes more of a core than its share, but for one piece of work', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.02, max: 1, noNaN: true }),
        fc.double({ min: 0.001, max: 3, noNaN: true }),
        async (cpuShare, cpuSeconds) => {
          const all = [{ name: 'a', everySeconds: 0.1, regret: 0 }];
          const { status, elapsed } = await lived(60, all, { cpuShare, cpuSeconds });
          // A second of unused time may be made up for.
          expect(status.cpuSeconds).toBeLessThanOrEqual(cpuShare * (elapsed + 1) + cpuSeconds);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('begins with those who lose most by what they do not know', async () => {
    const all = [0.1, 0.3, 0.2].map((regret, i) => ({ name: `web-${i}`, everySeconds: 1e6, regret }));
    const { ended } = await lived(60, all);
    expect(ended.map(({ name }) => name)).toEqual(['web-1', 'web-2', 'web-0']);
  });

  it('gives everybody a turn, however little there is to win', async () => {
    // A round of .4 s at a tenth of a core takes 4 s: the greedy one alone would fill all of the time.
    const all = [
      { name: 'greedy', everySeconds: 1, regret: 1 },
      { name: 'modest', everySeconds: 1e6, regret: -1 },
    ];
    const { ended, status } = await lived(3 * 3600, all);
    const turn = ended.find(({ name }) => name === 'modest')!;
    expect(turn.at - startAt).toBeLessThan(2 * 3600 + 10);
    expect(status.learnt).toBeGreaterThan(2000);
  });

  it('begins anew, after a rest, what was lost, and meanwhile teaches the others', async () => {
    const all = [
      { name: 'hard', everySeconds: 1e6, regret: 1 },
      { name: 'easy', everySeconds: 20, regret: 0 },
    ];
    const { ended, faults, status } = await lived(600, all, { fails: (start) => start === 'hard' });
    expect(new Set(faults)).toEqual(new Set(['hard']));
    expect(faults.length).toBeGreaterThan(5);
    expect(faults.length).toBeLessThanOrEqual(11);
    expect(ended.length).toBeGreaterThan(20);
    expect(status).toMatchObject({ learnt: ended.length, lost: faults.length });
  });

  it('counts who waits, and for how long', async () => {
    const all = ['a', 'b', 'c'].map((name) => ({ name, everySeconds: 1e6, regret: 0 }));
    const { status } = await lived(5, all);
    // One round of 4 s is over; the second was under way when all ended, and is due as before.
    expect(status.waiting).toBe(2);
    expect(status.oldestWaitingSeconds).toBeGreaterThanOrEqual(4);
  });

  it('takes nobody where nobody waits', () => {
    expect(nextOf([])).toBeUndefined();
  });
});
