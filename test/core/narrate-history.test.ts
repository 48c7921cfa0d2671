import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '#core/audit';
import { factCheck } from '#core/fact-check';
import { demandRange, type Happened, partsOf } from '#core/happened';
import { outcomes } from '#core/model';
import { historyEvidence } from '#core/narrate-history';
import { marksOf, sumMarks, sumTallies, type Tally } from '#core/tally';
import { cycleId, decision, observation, record, sample, startAt, target } from '#test/make';

const at = (seconds: number, overrides: Parameters<typeof record>[0] = {}) =>
  record({ id: cycleId(startAt + seconds, seconds), atSeconds: startAt + seconds, ...overrides });

const change = (seconds: number, from: number, to: number, overrides = {}) =>
  at(seconds, { decision: decision({ from, to, ...overrides }) });

const tally = (
  given: Partial<Tally> & { readonly scaled?: number; readonly failed?: number } = {},
): Tally => ({
  decisions: 720,
  outcomes: {
    held: 700,
    scaled: given.scaled ?? 0,
    failed: given.failed ?? 0,
    shadowed: 0,
    'awaiting-approval': 0,
  },
  marks: new Map(),
  ...given,
});

const happened = (overrides: Partial<Happened> = {}): Happened => {
  const scaled = overrides.scaled ?? [];
  return {
    target: target(),
    fromSeconds: startAt,
    toSeconds: startAt + 3600,
    before: at(-5),
    last: scaled[0] ?? at(3595),
    tally: tally({ scaled: scaled.length }),
    scaled,
    failed: [],
    wishes: [],
    witnesses: new Map(),
    demand: undefined,
    audits: [],
    keptFromSeconds: startAt - 5,
    wholeFromSeconds: startAt - 5,
    parts: [],
    ...overrides,
  };
};

const audit = (overrides: Partial<AuditEntry> = {}): AuditEntry => ({
  id: cycleId(),
  atSeconds: startAt + 60,
  cluster: 'home',
  target: target(),
  action: 'pause',
  by: 'ann',
  byFrom: 'claimed',
  what: 'keeps it from growing',
  ...overrides,
});

const lines = (overrides: Partial<Happened> = {}) => historyEvidence(happened(overrides)).text.split('\n');

describe('a history', () => {
  it('begins with the sizes at both ends, and with how much there was', () => {
    expect(lines()[0]).toBe(
      'default/Deployment/web from 2026-01-05 00:00:00Z to 2026-01-05 01:00:00Z: 4 replicas at the start, 4 at the end; 720 decisions, 0 changes of size.',
    );
    expect(lines({ before: undefined })[0]).toContain('of no known size before, 4 at the end');
  });

  it('tells each change with its time, its reason, its demand and the limit that bound', () => {
    const limits = [{ step: 'rate', from: 9, to: 6, reason: 'ScaleUpLimit' }];
    expect(lines({ scaled: [change(900, 6, 5), change(600, 4, 6, { limits })] }).slice(1, 4)).toEqual([
      '2026-01-05 00:10:00Z: 4 → 6 by BelowLowLine, limited by ScaleUpLimit; demand was 150/s.',
      '2026-01-05 00:15:00Z: 6 → 5 by AboveHighLine; demand was 150/s.',
      'In words: BelowLowLine: the size is below what the expert in charge holds to be the least, so it orders replicas; ScaleUpLimit: replicas may not be added faster than this; AboveHighLine: the size is above what the expert in charge would keep, so it releases replicas.',
    ]);
  });

  it('names a size that somebody else set between two of our changes', () => {
    expect(lines({ scaled: [change(900, 10, 8), change(600, 4, 6)] })[2]).toBe(
      'Between 2026-01-05 00:10:00Z and 2026-01-05 00:15:00Z somebody else took it from 6 to 10.',
    );
    expect(lines({ last: at(3595, { decision: decision({ from: 7, to: 7 }) }) })[1]).toMatch(
      /^Between .* somebody else took it from 4 to 7\.$/,
    );
  });

  it('tells many changes by the clock, in a few lines', () => {
    const many = Array.from({ length: 100 }, (_, n) => change(36 * n, 4 + (n % 2), 5 - (n % 2))).toReversed();
    const told = lines({ scaled: many }).filter((line) => line.includes('changes, '));
    expect(told.length).toBeLessThanOrEqual(9);
    expect(told[0]).toMatch(
      /^2026-01-05 00:00:00Z to 2026-01-05 00:09:36Z: 17 changes, 4 at first, 5 in the end, between 4 and 5, mostly by BelowLowLine\.$/,
    );
  });

  it('tells changes that were too many to read by parts of the span', () => {
    const parts = partsOf({ fromSeconds: startAt, toSeconds: startAt + 3600 }).map((span, i) => ({
      ...span,
      tally: tally({ scaled: 40 + i }),
      last: at(600 * (i + 1) - 5, { decision: decision({ from: 5 + i, to: 5 + i }) }),
    }));
    expect(lines({ parts, tally: tally({ scaled: 255 }) }).slice(1, 3)).toEqual([
      '2026-01-05 00:00:00Z to 2026-01-05 00:10:00Z: 40 changes, 4 at first, 5 in the end.',
      '2026-01-05 00:10:00Z to 2026-01-05 00:20:00Z: 41 changes, 5 at first, 6 in the end.',
    ]);
  });

  it('says from when on decisions are kept, and from when on every one', () => {
    expect(lines({ keptFromSeconds: startAt + 60, wholeFromSeconds: startAt + 60 })[1]).toBe(
      'Nothing is kept of before 2026-01-05 00:01:00Z.',
    );
    expect(lines({ wholeFromSeconds: startAt + 600 })[1]).toBe(
      'Before 2026-01-05 00:10:00Z only decisions that did something are kept: what is counted there is too little.',
    );
  });

  it('tells limits and doubts with how often, how long and when', () => {
    const blind = at(1795, {
      observation: observation({
        demand: undefined,
        samples: [sample({ state: 'error', value: undefined, detail: 'HTTP 503' })],
      }),
    });
    const marks = new Map([
      ['limit:TooManyReplicas', { count: 100, firstAt: startAt + 60, lastAt: startAt + 900 }],
      ['doubt:missing', { count: 36, firstAt: startAt + 1620, lastAt: startAt + 1795 }],
    ] as const);
    const told = lines({ tally: tally({ marks }), witnesses: new Map([['doubt:missing', blind]]) });
    expect(told.slice(1, 3)).toEqual([
      'Limits that bound: the greatest size allowed is this (TooManyReplicas) in 100 decisions from 2026-01-05 00:01:00Z to 2026-01-05 00:15:00Z.',
      'In doubt: demand was not known in 36 decisions, about 180 s, from 2026-01-05 00:27:00Z to 2026-01-05 00:29:55Z, at last requests error ("HTTP 503").',
    ]);
  });

  it('tells what failed, what was only wished for, and who else set the size', () => {
    const failed = [change(60, 4, 6, {})].map((r) => ({ ...r, outcome: 'failed' as const, error: 'gone' }));
    const wishes = [at(90, { decision: decision({ action: 2 }), outcome: 'shadowed' })];
    const holder = { writer: 'argocd', reason: 'GitOps' } as const;
    const told = lines({
      failed,
      wishes,
      tally: tally({
        outcomes: { held: 0, scaled: 0, failed: 3, shadowed: 7, 'awaiting-approval': 1 },
        marks: new Map([['holder:GitOps', { count: 1, firstAt: startAt, lastAt: startAt }]]),
      }),
      witnesses: new Map([['holder:GitOps', at(0, { observation: observation({ holder }) })]]),
    });
    expect(told.slice(1, 4)).toEqual([
      'Failed: 3 changes could not be set, the last 4 → 6 at 2026-01-05 00:01:00Z: "gone".',
      'Not carried out: 7 wishes were only noted down, 1 wish waited for approval, the last 4 → 6 at 2026-01-05 00:01:30Z, because the size is below what the expert in charge holds to be the least, so it orders replicas (BelowLowLine).',
      'Others: argocd set the size too in 1 decision at 2026-01-05 00:00:00Z, because a size stands in the manifests, and undoes every other (GitOps).',
    ]);
  });

  it('tells what people did, with their own reason', () => {
    const audits = [audit({ why: 'sale\nat 9' })];
    const approved = { decisionId: cycleId(startAt, 3), to: 6, by: 'bob' };
    const scaled = [
      at(90, {
        decision: decision({ to: 6, reason: 'Approved' }),
        observation: observation({ approved }),
      }),
    ];
    expect(lines({ audits, scaled })).toContain(
      'People: 2026-01-05 00:01:00Z ann: "keeps it from growing" ("sale at 9"); bob had approved 6 replicas by 2026-01-05 00:01:30Z.',
    );
  });

  it('tells the range of demand, gaps left out, and that a quiet hour was quiet', () => {
    const demand = demandRange([10, Number.NaN, 30, 20]);
    expect(lines({ demand }).slice(1)).toEqual([
      'Nothing was limited, nothing was in doubt, nothing failed.',
      'People: nobody did anything that was noted.',
      'Demand: at least 10/s, at most 30/s, on average 20/s.',
    ]);
    expect(demandRange([Number.NaN])).toBe(undefined);
  });
});

const size = fc.nat(99);
const name = fc.constantFrom('web-2', 'a\nb\u001b[2J\u202e 7', '', 'ann');
const records = fc
  .record({
    seconds: fc.nat(100_000),
    from: size,
    to: size,
    reason: fc.constantFrom('BelowLowLine', 'Of 3 tomorrows', 'Approved'),
    outcome: fc.constantFrom(...outcomes),
    demand: fc.option(fc.double({ min: 0, max: 1e5 }), { nil: undefined }),
    by: name,
    error: name,
    limit: fc.constantFrom('ScaleUpLimit', 'Limit 9'),
  })
  .map(({ seconds, from, to, reason, outcome, demand, by, error, limit }) =>
    at(seconds, {
      outcome,
      error,
      observation: observation({
        demand,
        samples: [sample({ state: 'error', value: undefined, detail: `HTTP 503 ${by}` })],
        approved: { decisionId: cycleId(), to, by },
        holder: { writer: by, reason: 'ManualScaling' },
      }),
      decision: decision({
        from,
        to,
        reason,
        limits: [{ step: 'rate', from, to, reason: limit }],
      }),
    }),
  );

describe('whatever happened', () => {
  it('every figure and time stands in the facts, in a bounded number of clean lines', () => {
    fc.assert(
      fc.property(
        fc.array(records, { minLength: 1, maxLength: 40 }),
        fc.option(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), {
          nil: undefined,
        }),
        name,
        (all, rates, by) => {
          const kept = all.toSorted((a, b) => b.atSeconds - a.atSeconds);
          const of = (outcome: string) => kept.filter((each) => each.outcome === outcome);
          const marks = sumMarks(
            kept.map((r) => ({ marks: marksOf(r), count: 1, firstAt: r.atSeconds, lastAt: r.atSeconds })),
          );
          const counts = outcomes.map((outcome) => [outcome, of(outcome).length]);
          const told = historyEvidence(
            happened({
              target: target(by || 'x'),
              before: kept.at(-1),
              last: kept[0],
              scaled: of('scaled'),
              failed: of('failed'),
              wishes: of('shadowed'),
              tally: { decisions: kept.length, outcomes: Object.fromEntries(counts), marks },
              witnesses: new Map([...marks.keys()].map((mark) => [mark, kept[0]!])),
              demand: rates && demandRange(rates),
              audits: [audit({ by, what: 'did 5 things', why: by })],
            }),
          );
          expect(told.text.split('\n').flatMap(factCheck(told.facts))).toEqual([]);
          expect(told.text).not.toMatch(/undefined|NaN|Infinity|\[object|^\s*$/m);
          expect(told.text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
          expect(told.text.split('\n').length).toBeLessThanOrEqual(34);
          expect(told.decisions.length).toBeLessThanOrEqual(20);
        },
      ),
    );
  });
});

describe('the parts of a span', () => {
  it('are whole, in order, and cut by the clock', () => {
    const span = fc.record({ fromSeconds: fc.nat(2e9), length: fc.integer({ min: 1, max: 30 * 86_400 }) });
    fc.assert(
      fc.property(span, ({ fromSeconds, length }) => {
        const parts = partsOf({ fromSeconds, toSeconds: fromSeconds + length });
        expect(parts.length).toBeLessThanOrEqual(9);
        expect(parts[0]?.fromSeconds).toBe(fromSeconds);
        expect(parts.at(-1)?.toSeconds).toBe(fromSeconds + length);
        for (const [i, part] of parts.entries()) {
          expect(part.fromSeconds).toBeLessThan(part.toSeconds);
          if (i > 0) expect(part.fromSeconds).toBe(parts[i - 1]!.toSeconds);
        }
      }),
    );
  });
});

it('counts of two spans are those of both together', () => {
  const counted = (count: number, firstAt: number, lastAt: number) => ({ count, firstAt, lastAt });
  const [early, late] = [
    tally({ scaled: 2, marks: new Map([['doubt:missing', counted(2, 10, 20)]]) }),
    tally({
      scaled: 3,
      marks: new Map([
        ['doubt:missing', counted(1, 30, 30)],
        ['limit:Cooldown', counted(9, 30, 90)],
      ]),
    }),
  ];
  expect(sumTallies([early, late])).toEqual({
    decisions: 1440,
    outcomes: { held: 1400, scaled: 5, failed: 0, shadowed: 0, 'awaiting-approval': 0 },
    marks: new Map([
      ['limit:Cooldown', counted(9, 30, 90)],
      ['doubt:missing', counted(3, 10, 30)],
    ]),
  });
});
