import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  approvalFor,
  decided,
  judged,
  type Made,
  noProposals,
  type Proposals,
  standing,
  type Verdict,
} from '#core/proposals';
import { startAt } from '#test/make';

const timeoutSeconds = 900;
const made = (id: string, to: number, seconds = 0, overrides: Partial<Made> = {}): Made => {
  const from = overrides.from ?? 4;
  return {
    id,
    from,
    to,
    reason: 'BelowLowLine',
    atSeconds: startAt + seconds,
    outcome: to === from ? 'held' : 'awaiting-approval',
    ...overrides,
  };
};
const proposedBy = (...decisions: readonly Made[]): Proposals =>
  decisions.reduce((state, d) => decided(state, d, timeoutSeconds), noProposals);
const say = (verdict: Verdict['verdict'], id: string): Verdict => ({ id, verdict, by: 'ann' });
const seen = (seconds: number, size = 4) => ({ size, nowSeconds: startAt + seconds, timeoutSeconds });
const word = (of: Proposals, verdict: Verdict['verdict'], id: string, seconds = 0, size = 4) =>
  judged(of, say(verdict, id), seen(seconds, size));

describe('a proposal', () => {
  it('is what a decision of mode Approve wished, for a while', () => {
    const state = proposedBy(made('a', 6));
    expect(standing(state, 4, startAt)).toEqual({
      id: 'a',
      from: 4,
      to: 6,
      reason: 'BelowLowLine',
      madeAt: startAt,
      expiresAt: startAt + 900,
    });
    expect(standing(state, 4, startAt + 899)?.id).toBe('a');
    expect(standing(state, 4, startAt + 900)).toBeUndefined();
  });

  it('keeps its id and its time while the wish is the same', () => {
    const state = proposedBy(made('a', 6), made('b', 6, 15), made('c', 6, 30));
    expect(standing(state, 4, startAt + 30)).toMatchObject({ id: 'a', expiresAt: startAt + 900 });
  });

  it('is made anew, under a new id, when it has run out and the wish is still the same', () => {
    const state = proposedBy(made('a', 6), made('b', 6, 900));
    expect(standing(state, 4, startAt + 900)).toMatchObject({ id: 'b', expiresAt: startAt + 1800 });
  });

  it('gives way to a newer wish, and has its id again when the wish comes back', () => {
    const state = proposedBy(made('a', 6), made('b', 7, 15));
    expect(standing(state, 4, startAt + 15)?.id).toBe('b');
    const back = decided(state, made('c', 6, 30), timeoutSeconds);
    expect(standing(back, 4, startAt + 30)).toMatchObject({ id: 'a', to: 6 });
  });

  it('is taken back when the wish has gone, or turned', () => {
    expect(proposedBy(made('a', 6), made('b', 4, 15)).made).toEqual([]);
    expect(proposedBy(made('a', 6), made('b', 2, 15)).made.map(({ id }) => id)).toEqual(['b']);
  });

  it('is gone when the size is another', () => {
    expect(standing(proposedBy(made('a', 6)), 5, startAt)).toBeUndefined();
    const state = proposedBy(made('a', 6), made('b', 8, 15, { from: 5 }));
    expect(state.made.map(({ id }) => id)).toEqual(['b']);
  });

  it('is not made of what other modes do', () => {
    expect(proposedBy(made('a', 6, 0, { outcome: 'shadowed' })).made).toEqual([]);
  });

  it('is one of a few, however demand jumps about', () => {
    const state = proposedBy(...Array.from({ length: 200 }, (_, i) => made(`${i}`, 5 + i, i)));
    expect(state.made).toHaveLength(16);
    expect(standing(state, 4, startAt + 199)?.id).toBe('199');
  });
});

describe('a person’s word', () => {
  it('lets a proposal be carried out, by its id, and says who gave it', () => {
    const { proposals, fault } = word(proposedBy(made('a', 6)), 'approve', 'a', 60);
    expect(fault).toBeUndefined();
    expect(approvalFor(proposals, 4, startAt + 60)).toEqual({ decisionId: 'a', to: 6, by: 'ann' });
    expect(standing(proposals, 4, startAt + 60)).toBeUndefined();
  });

  it('is honoured on an earlier wish too, as long as the direction is the same', () => {
    const { proposals } = word(proposedBy(made('a', 6), made('b', 7, 15)), 'approve', 'a', 20);
    expect(approvalFor(proposals, 4, startAt + 20)?.to).toBe(6);
  });

  it('stands until it is carried out, whatever limits leave of it meanwhile', () => {
    const { proposals } = word(proposedBy(made('a', 6)), 'approve', 'a');
    const limited = decided(proposals, made('b', 5, 15), timeoutSeconds);
    const failed = decided(limited, made('c', 6, 30, { outcome: 'failed' }), timeoutSeconds);
    expect(approvalFor(failed, 4, startAt + 30)?.to).toBe(6);
    const done = decided(failed, made('d', 6, 45, { outcome: 'scaled' }), timeoutSeconds);
    expect(approvalFor(done, 4, startAt + 45)).toBeUndefined();
  });

  it('is of no use when it comes too late, for another size, or for what is not known, and says so', () => {
    const state = proposedBy(made('a', 6));
    expect(word(state, 'approve', 'a', 900).fault).toBe('proposal a has expired: await another');
    expect(word(state, 'approve', 'a', 0, 5).fault).toBe(
      'proposal a was made at 4 replicas, and now there are 5: await another',
    );
    expect(word(state, 'approve', 'x').fault).toBe('there is no proposal x: give the id of one that stands');
    for (const { proposals } of [word(state, 'approve', 'a', 900), word(state, 'approve', 'a', 0, 5)])
      expect(proposals.approved).toBeUndefined();
  });

  it('keeps a refused wish from being proposed again for the timeout', () => {
    const { proposals } = word(proposedBy(made('a', 6)), 'reject', 'a', 60);
    const again = (seconds: number) =>
      standing(decided(proposals, made('b', 6, seconds), timeoutSeconds), 4, startAt + seconds)?.id;
    expect([again(75), again(959), again(960)]).toEqual([undefined, undefined, 'b']);
    // Another wish may be proposed.
    expect(standing(decided(proposals, made('c', 7, 75), timeoutSeconds), 4, startAt + 75)?.id).toBe('c');
  });

  it('may be taken back before it is carried out', () => {
    const approved = word(proposedBy(made('a', 6)), 'approve', 'a').proposals;
    const { proposals, fault } = word(approved, 'reject', 'a', 5);
    expect([fault, approvalFor(proposals, 4, startAt + 5)]).toEqual([undefined, undefined]);
  });
});

const events = fc.array(
  fc.record({
    seconds: fc.integer({ min: 0, max: 600 }),
    what: fc.constantFrom('decide', 'approve', 'reject'),
    to: fc.integer({ min: 2, max: 6 }),
    size: fc.integer({ min: 3, max: 4 }),
    which: fc.nat(30),
  }),
  { maxLength: 60 },
);

it('is never carried out after its time, on another size, after a reject, or without a word', () => {
  fc.assert(
    fc.property(events, (course) => {
      let state = noProposals;
      let now = startAt;
      const known = new Map<string, { from: number; to: number; until: number; word?: string }>();
      for (const [i, { seconds, what, to, size, which }] of course.entries()) {
        now += seconds;
        if (what === 'decide') {
          const d = made(`d${i}`, to, now - startAt, { from: size });
          state = decided(state, d, timeoutSeconds);
          known.set(d.id, { from: size, to, until: now + timeoutSeconds });
        } else {
          const id = `d${which}`;
          const { proposals, fault } = judged(state, say(what as 'approve', id), {
            size,
            nowSeconds: now,
            timeoutSeconds,
          });
          state = proposals;
          if (fault === undefined) known.get(id)!.word = what;
        }
        for (const probe of [0, 300, 899, 900]) {
          for (const at of [3, 4]) {
            const approval = approvalFor(state, at, now + probe);
            if (approval === undefined) continue;
            const proposal = known.get(approval.decisionId)!;
            expect(proposal).toMatchObject({ from: at, to: approval.to, word: 'approve' });
            expect(now + probe).toBeLessThan(proposal.until);
          }
        }
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }
    }),
  );
});
