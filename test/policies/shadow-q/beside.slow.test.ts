import { tmpdir } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inLineLearner } from '#adapters/learners/in-line';
import { threadLearner } from '#adapters/learners/thread';
import { fileShelf } from '#adapters/shelves/file';
import type { Snapshot } from '#core/model';
import type { Policy, Rounds } from '#core/policy';
import { random } from '#core/random';
import type { Shelf } from '#core/shelf';
import { type RoundResult, roundWork } from '#policies/shadow-q/experts/two-lines/round';
import { shadowQ } from '#policies/shadow-q/shadow-q';
import type { Learner } from '#ports';
import { spec } from '#test/make';
import { looks, pulses, recorded } from '#test/policies/shadow-q/demand';
import { choose, stored } from '#test/policies/shadow-q/lives';

const all = looks(pulses(2400));
const made = (snapshot?: Snapshot, history?: ReturnType<typeof recorded>, shelf?: Shelf): Policy =>
  shadowQ({ spec: spec(), seed: 3, settings: {}, snapshot, history, beside: true, shelf });
const roundsOf = (policy: Policy): Rounds => policy.rounds!;
const here = inLineLearner(roundWork);
const atOnce = async (): Promise<void> => {};
const stateOf = ({ data }: Pick<Snapshot, 'data'>): Record<string, string> =>
  (data as { state: Record<string, string> }).state;

/** What a round that begins after these looks ends with. */
const resultOf = (learner: Learner, looked: number): Promise<unknown> => {
  const policy = made();
  for (const o of all.slice(0, looked)) choose(policy, o);
  return learner.learn(roundsOf(policy).begin(), atOnce);
};

describe('learning beside the loop', () => {
  it('learns nothing in line, and says when the first round is due', () => {
    const policy = made();
    for (const o of all.slice(0, 120)) choose(policy, o);
    expect(policy.learn(undefined as never)).toMatchObject({ rounds: 0 });
    // At 300 s of the history, which are visible a second later.
    expect(roundsOf(policy).dueAt()! - all[0]!.atSeconds).toBe(301);
  });

  it('a thread learns to the bit what this one does', async () => {
    const thread = threadLearner({ entry: new URL('../../../src/cli/run/round-worker.ts', import.meta.url) });
    onTestFinished(() => thread.close());
    expect(await resultOf(thread, 100)).toEqual(await resultOf(here, 100));
  });

  it('what a round learns hangs on the history at its begin alone', async () => {
    const policy = made();
    for (const o of all.slice(0, 100)) choose(policy, o);
    const round = roundsOf(policy).begin();
    for (const o of all.slice(100, 300)) choose(policy, o);
    expect(await here.learn(round, atOnce)).toEqual(await resultOf(here, 100));
  });

  it('a result acts from the step on at which it was settled, and is due again at its time', async () => {
    const policy = made();
    for (const o of all.slice(0, 100)) choose(policy, o);
    const rounds = roundsOf(policy);
    const round = rounds.begin();
    expect(rounds.dueAt()).toBeUndefined();
    rounds.end(await here.learn(round, atOnce));
    const before = stateOf(policy.snapshot());
    expect(rounds.settle()).toBe(true);
    const after = stateOf(policy.snapshot());
    expect(after.acting0).not.toBe(before.acting0);
    // Begun and settled between look 100 and 101; the first look sees no whole step.
    expect(
      Array.from(new Float64Array(new Uint8Array(Buffer.from(after.roundSteps!, 'base64')).buffer)),
    ).toEqual([99, 99]);
    expect(rounds.dueAt()! - all[0]!.atSeconds).toBe(601);
    expect(rounds.settle()).toBe(false);
  });

  it('a round that is lost is due again at once', () => {
    const policy = made();
    for (const o of all.slice(0, 100)) choose(policy, o);
    const rounds = roundsOf(policy);
    const dueAt = rounds.dueAt();
    rounds.begin();
    rounds.end(undefined);
    expect(rounds.dueAt()).toBe(dueAt);
  });

  it('weights that are no numbers are refused, and change nothing', async () => {
    const policy = made();
    for (const o of all.slice(0, 100)) choose(policy, o);
    const rounds = roundsOf(policy);
    const result = (await here.learn(rounds.begin(), atOnce)) as RoundResult;
    result.nets[1]!.weights[7] = Number.NaN;
    const before = stateOf(policy.snapshot());
    expect(() => rounds.end(result)).toThrow('weights that are no numbers');
    expect(rounds.settle()).toBe(false);
    expect(stateOf(policy.snapshot())).toEqual(before);
    expect(rounds.dueAt()).toBeDefined();
  });

  it('a policy that began a new history meanwhile takes nothing of the old one', async () => {
    const policy = made();
    for (const o of all.slice(0, 100)) choose(policy, o);
    const rounds = roundsOf(policy);
    const result = await here.learn(rounds.begin(), atOnce);
    const days = 3 * 86_400;
    for (const o of all.slice(101, 105))
      choose(policy, {
        ...o,
        atSeconds: o.atSeconds + days,
        arrivals: { ...o.arrivals!, startsAt: o.arrivals!.startsAt + days },
      });
    const before = stateOf(policy.snapshot());
    rounds.end(result);
    expect(rounds.settle()).toBe(false);
    expect(stateOf(policy.snapshot())).toEqual(before);
  });

  it('lives to the bit alike with what it learns from on a shelf', async () => {
    const shelf = fileShelf({ folder: tmpdir(), onTrouble: () => expect.unreachable() });
    const policies = [made(), made(undefined, undefined, shelf)];
    for (const [k, o] of all.entries()) {
      const [choice, same] = policies.map((policy) => choose(policy, o));
      expect(same).toEqual(choice);
      if (k % 200 !== 150) continue;
      for (const { rounds } of policies) {
        rounds!.end(await here.learn(rounds!.begin(), atOnce));
        rounds!.settle();
      }
    }
    const [state, same] = policies.map((policy) => stateOf(stored(policy)));
    expect(same).toEqual(state);
    const anew = made(stored(policies[1]!), recorded(all), shelf);
    expect(stateOf(stored(anew))).toEqual(state);
    shelf.close();
  });

  it('killed at any time and made anew it has the state that it had: rounds that act were saved', async () => {
    for (const seed of [1, 2, 3]) {
      const rng = random(seed);
      let policy = made();
      let snapshot: Snapshot | undefined;
      let open: { readonly result: Promise<unknown>; readonly endsAt: number } | undefined;
      let settled = 0;
      for (const [k, o] of all.entries()) {
        const rounds = roundsOf(policy);
        const dueAt = rounds.dueAt();
        if (open === undefined && dueAt !== undefined && dueAt <= o.atSeconds && rng.next() < 0.3)
          open = { result: here.learn(rounds.begin(), atOnce), endsAt: k + 1 + rng.integer(40) };
        if (open !== undefined && k >= open.endsAt) {
          rounds.end(await open.result);
          open = undefined;
        }
        if (rounds.settle()) {
          snapshot = stored(policy);
          settled++;
        }
        choose(policy, o);
        if (rng.next() < 1 / 60) {
          const anew = made(snapshot, recorded(all.slice(0, k + 1)));
          expect(stateOf(stored(anew))).toEqual(stateOf(stored(policy)));
          // The round that was open is lost with the process.
          await open?.result;
          open = undefined;
          policy = anew;
        }
      }
      expect(settled).toBeGreaterThan(2);
    }
  });
});
