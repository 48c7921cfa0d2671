import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsBetween } from '#kubernetes/event-notes';
import type { PolicyFacts } from '#kubernetes/policy-facts';
import { statusOf } from '#kubernetes/policy-status';
import type { PolicyStatus } from '#kubernetes/scaling-policy';
import { decision, observation, record, sample, startAt } from '#test/make';
import { facts } from './a-policy.ts';

const calm = record();
const lost = observation({ demand: undefined, samples: [sample({ value: undefined, state: 'empty' })] });
const inFallback = decision({ state: 'fallback', reason: 'FallbackHeld' });
const proposal = { id: 'p-1', from: 4, to: 6, reason: 'BelowLowLine', expiresAt: '2026-01-05T00:15:00Z' };
const holder = { writer: 'kubectl', reason: 'ManualScaling', untilSeconds: startAt + 600 } as const;
const pause = { untilSeconds: startAt + 3600, direction: 'both', reason: 'r', by: 'me' } as const;

/** The reasons that are told over a course of facts, a minute apart, after the first. */
const told = (...course: readonly Partial<PolicyFacts>[]): readonly string[] => {
  let before: PolicyStatus | undefined;
  return course.flatMap((given, i) => {
    const nowSeconds = startAt + 60 * i;
    const now = facts({ record: calm, ...given });
    const status = statusOf(now, before, nowSeconds);
    const notes = eventsBetween(before, status, now, nowSeconds);
    const first = before === undefined;
    before = status;
    return first ? [] : notes.map(({ type, reason }) => `${type} ${reason}`);
  });
};

const scaled = record({ id: 's-1', decision: decision({ to: 6 }), outcome: 'scaled' });
const failed = record({ id: 'f-1', decision: decision({ to: 6 }), outcome: 'failed', error: 'forbidden' });
const demoted = record({ decision: decision({ reason: 'LearningDemoted' }) });
const approved = record({
  observation: observation({ approved: { decisionId: 'p-1', to: 6, by: 'ana' } }),
});

describe('events', () => {
  it.each<readonly [string, readonly Partial<PolicyFacts>[], readonly string[]]>([
    ['nothing while nothing changes', [{}, {}, {}], []],
    ['a mode that was set', [{ mode: 'Shadow' }, { generation: 2 }], ['Normal ModeChanged']],
    ['a mode that was earned', [{ mode: 'Shadow' }, {}], ['Normal LearningPromoted']],
    ['a mode that was lost', [{}, { mode: 'Shadow' }], ['Warning LearningDemoted']],
    ['what was learnt and is given up', [{}, { record: demoted }, {}], ['Warning LearningDemoted']],
    [
      'another writer, and that it is gone',
      [{}, { holder }, { holder }, {}],
      ['Warning ConflictFound', 'Normal ConflictResolved'],
    ],
    [
      'one writer after another',
      [{ holder }, { holder: { writer: 'keda', reason: 'ScaledObject' } }],
      ['Warning ConflictFound'],
    ],
    [
      'metrics that are lost, and back',
      [{}, { record: record({ observation: lost }) }, {}],
      ['Warning MetricsLost', 'Normal MetricsRecovered'],
    ],
    [
      'a rule that stands in',
      [
        { record: record({ observation: lost }) },
        { record: record({ observation: lost, decision: inFallback }) },
        {},
      ],
      ['Warning FallbackStarted', 'Normal MetricsRecovered', 'Normal FallbackEnded'],
    ],
    [
      'a pause and its end',
      [{}, { pauses: [{ ...pause, untilSeconds: startAt + 90 }] }, {}],
      ['Normal Paused', 'Normal Resumed'],
    ],
    [
      'a target that is gone and back',
      [{}, { target: { state: 'not-found' } }, {}],
      ['Warning TargetNotFound', 'Normal PolicyReady'],
    ],
    ['a scaling, once', [{}, { record: scaled }, { record: scaled }], ['Normal SuccessfulRescale']],
    [
      'a failure, once',
      [{}, { record: failed }, { record: { ...failed, id: 'f-2' } }],
      ['Warning ScalingFailed'],
    ],
    [
      'a proposal that is approved',
      [{}, { proposal }, { record: approved }],
      ['Normal ProposalMade', 'Normal ProposalApproved'],
    ],
    [
      'a proposal that nobody approves',
      [{}, { proposal }, ...Array.from({ length: 13 }, () => ({ proposal })), {}],
      ['Normal ProposalMade', 'Normal ProposalExpired'],
    ],
    ['a proposal that is taken back', [{ proposal }, {}], ['Normal ProposalWithdrawn']],
  ])('tell %s', (_, course, reasons) => {
    expect(told(...course)).toEqual(reasons);
  });

  it("say in the HPA's words what the new size is, and that it is the first", () => {
    const now = facts({ record: scaled });
    const [note] = eventsBetween(undefined, statusOf(now, undefined, startAt), now, startAt);
    expect(note).toMatchObject({ type: 'Normal', reason: 'SuccessfulRescale', action: 'Rescale' });
    expect(note!.note).toMatch(
      /^New size: 6, was 4 \(the first of this policy\); reason: the size is below /,
    );
  });

  it('tell trouble that is there from the start, and nothing of what is well', () => {
    const now = facts({ target: { state: 'not-found' } });
    const notes = eventsBetween(undefined, statusOf(now, undefined, startAt), now, startAt);
    expect(notes.map(({ reason }) => reason)).toEqual(['TargetNotFound']);
    const well = facts({ record: calm });
    expect(eventsBetween(undefined, statusOf(well, undefined, startAt), well, startAt)).toEqual([]);
  });

  it('tell nothing twice: of a status that stays there is no event', () => {
    const any = fc.constantFrom<Partial<PolicyFacts>>(
      {},
      { holder },
      { proposal },
      { record: scaled },
      { record: failed },
      { mode: 'Shadow' },
      { pauses: [pause] },
      { target: { state: 'forbidden' } },
    );
    fc.assert(
      fc.property(any, (given) => {
        expect(told(given, given)).toEqual(told({}, {}));
      }),
    );
  });
});
