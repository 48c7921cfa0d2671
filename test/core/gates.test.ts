import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from '#agents/executor';
import { fallback } from '#core/doubt';
import type { Gate, Opening, Way } from '#core/gate';
import { gatesTo, goalOf, wishOf } from '#core/gates';
import { type LimitStep, limitsByStep } from '#core/limit-chain';
import { admits, type Ground, intervalOn, limitOpenings } from '#core/limit-openings';
import { legal } from '#core/limits';
import { modes, type Observation, type Sample } from '#core/model';
import { emptyPast } from '#core/past';
import { sizeAfter } from '#core/size-after';
import { decision, observation, record, replicas, sample, spec, startAt } from '#test/make';
import { anyMode, anyObservation, anyPast, anyPauses, anySpec } from './any-ground.ts';

const steps = Object.keys(limitsByStep) as LimitStep[];

const anyGround: fc.Arbitrary<Ground> = fc
  .tuple(anyObservation, anySpec, anyPast, anyPauses, anyMode)
  .map(([o, s, past, pauses, mode]) => ({ o, spec: s, past, pauses, mode }));
const anyGoal = fc.tuple(anyGround, fc.integer({ min: -12, max: 12 })).map(([ground, change]) => ({
  ground,
  goal: Math.max(0, ground.o.replicas.desired + change),
}));

const askedOn = ({ o, spec: s, past, pauses, mode }: Ground) => ({
  record: record({
    observation: o,
    spec: s,
    pauses,
    mode,
    decision: decision({ from: o.replicas.desired, to: o.replicas.desired }),
  }),
  past,
});

const read = (samples: readonly Sample[], ageSeconds?: number): readonly Sample[] =>
  samples.map((one) => ({
    ...one,
    state: 'ok',
    value: one.value === undefined || Number.isNaN(one.value) ? 1 : one.value,
    ageSeconds: one.metric === 'requests' ? (ageSeconds ?? one.ageSeconds) : one.ageSeconds,
  }));

/** The world in which something is as an opening says, told anew from its words: the chain then has to agree. */
const withOpening = (ground: Ground, { of, value, given }: Opening): Ground => {
  const { o, spec: s, past } = ground;
  const seen = (changes: Partial<Observation>): Ground => ({ ...ground, o: { ...o, ...changes } });
  const told = (changes: Partial<typeof s>): Ground => ({ ...ground, spec: { ...s, ...changes } });
  const number = Number(value);
  switch (of) {
    case 'maxReplicas':
      return told({ maxReplicas: number });
    case 'minReplicas':
      return told({ minReplicas: number });
    case 'schedule maxReplicas':
      return {
        ...seen({ schedule: { ...o.schedule!, maxReplicas: number } }),
        spec: given === undefined ? s : { ...s, maxReplicas: number },
      };
    case 'schedule minReplicas':
      return {
        ...seen({ schedule: { ...o.schedule!, minReplicas: number } }),
        spec: given === undefined ? s : { ...s, minReplicas: number },
      };
    case 'floor':
      return seen({ floor: { ...o.floor!, replicas: number } });
    case 'hourly budget':
      return told({ budget: { ...s.budget!, hourly: number } });
    case 'canary ratio':
      return seen({ canaryRatio: number });
    case 'pods without a node':
      return seen({ unschedulable: number });
    case 'metric age':
      return seen({
        demand: 1,
        samples:
          given === undefined
            ? read(o.samples, number).map((one, i) => ({
                ...one,
                ...(o.samples[i]!.metric === 'requests' ? {} : o.samples[i]),
              }))
            : read(o.samples, number),
      });
    case 'metrics':
      return seen({ samples: read(o.samples) });
    case 'demand':
      return value === 'known'
        ? seen({
            demand: 1,
            samples:
              given === undefined
                ? o.samples.map((one) => (one.metric === 'requests' ? read([one], 1)[0]! : one))
                : read(o.samples, 1),
          })
        : seen({ demand: number });
    case 'rollout':
      return seen({ rollout: false });
    case 'writer':
      return seen({ holder: undefined });
    case 'pause':
      return { ...ground, pauses: [] };
    case 'scaling rules':
      return told({ behavior: {} });
    case 'time': {
      // The first size that was seen is a wish of that moment.
      const recommendations =
        past.recommendations.length > 0
          ? past.recommendations
          : [{ atSeconds: o.atSeconds, replicas: o.replicas.desired }];
      return { ...seen({ atSeconds: number }), past: { ...past, recommendations } };
    }
    default:
      throw new Error(`no world is known in which ${of} is ${value}`);
  }
};

/** The least that people are told of. */
const stepsBack: Partial<Record<Opening['unit'], number>> = {
  replicas: 1,
  count: 1,
  seconds: 1,
  time: 1,
  'per-second': 0.1,
  ratio: 0.01,
};

const stepShort = (opening: Opening, ground: Ground): Opening => {
  const step = opening.unit === 'money' ? ground.spec.budget!.perReplicaHour / 10 : stepsBack[opening.unit]!;
  return { ...opening, value: Number(opening.value) + (opening.is === 'at least' ? -step : step) };
};

const opensIn = (step: LimitStep, ground: Ground, goal: number): boolean =>
  admits(intervalOn(step, ground), ground.o.replicas.desired, goal);

describe('a gate', () => {
  it('is open for each limit exactly when the whole chain leaves the size to the policy', () => {
    fc.assert(
      fc.property(anyGoal, ({ ground, goal }) => {
        const { o, spec: s, past, pauses, mode } = ground;
        const { low, high } = legal(o, s, past, pauses, mode);
        const open = steps.every((step) => opensIn(step, ground, goal));
        expect(open).toBe(goal >= low && goal <= high);
        if (goal === o.replicas.desired) return;
        const { gates } = gatesTo(askedOn(ground), goal);
        for (const step of steps)
          expect(gates.find((gate) => gate.step === step)!.isOpen).toBe(opensIn(step, ground, goal));
      }),
    );
  });

  it('is opened by each value that is told of it, and by nothing a step short of an exact one', () => {
    const told = new Map<string, number>();
    fc.assert(
      fc.property(anyGoal, ({ ground, goal }) => {
        for (const step of steps) {
          if (opensIn(step, ground, goal)) continue;
          for (const { opening } of limitOpenings(step, ground, goal)) {
            if (!opening.exact) continue;
            told.set(opening.of, (told.get(opening.of) ?? 0) + 1);
            expect(opensIn(step, withOpening(ground, opening), goal), `${step}: ${opening.of}`).toBe(true);
            if (opening.is === 'equal') continue;
            const short = withOpening(ground, stepShort(opening, ground));
            expect(opensIn(step, short, goal), `${step}: short of ${opening.of} ${opening.value}`).toBe(
              false,
            );
          }
        }
      }),
      { numRuns: 2000 },
    );
    // Every kind was tried, or this would say nothing.
    expect([...told.keys()].toSorted()).toEqual(
      [
        'canary ratio',
        'demand',
        'floor',
        'hourly budget',
        'maxReplicas',
        'metric age',
        'metrics',
        'minReplicas',
        'pods without a node',
        'rollout',
        'scaling rules',
        'schedule maxReplicas',
        'schedule minReplicas',
        'time',
        'writer',
      ].toSorted(),
    );
  });

  it('that is shut says why, and what opens it or that this is not known', () => {
    fc.assert(
      fc.property(anyGoal, ({ ground, goal }) => {
        if (goal === ground.o.replicas.desired) return;
        for (const gate of gatesTo(askedOn(ground), goal).gates) {
          if (gate.isOpen) expect(gate).toMatchObject({ openings: [] });
          else expect(gate.openings.length > 0 || gate.unknown !== undefined, gate.step).toBe(true);
        }
      }),
    );
  });

  it('of the mode is open exactly where the executor would carry it out', () => {
    for (const mode of modes) {
      for (const approved of [undefined, 5]) {
        const o = observation({
          approved: approved === undefined ? undefined : { decisionId: 'a', to: 5, by: 'ann' },
        });
        const asked = { record: record({ mode, observation: o, outcome: 'held' }), past: emptyPast };
        const gate = gatesTo(asked, 5).gates.find(({ step }) => step === 'mode')!;
        expect(gate.isOpen, `${mode} ${approved}`).toBe(
          outcomeOf(mode, decision({ from: 4, to: 5 }), o.approved) === 'scaled',
        );
      }
    }
  });
});

const gateOf = ({ gates }: Way, step: string): Gate => gates.find((gate) => gate.step === step)!;
const upOf = (overrides: Parameters<typeof record>[0], past = emptyPast) => {
  const asked = { record: record(overrides), past };
  return gatesTo(asked, goalOf(asked, 'up')!);
};

describe('what is asked about', () => {
  it('is one more than what a decision left, or one fewer', () => {
    const grown = { record: record({ decision: decision({ action: 2 }) }), past: emptyPast };
    expect([sizeAfter(grown.record), goalOf(grown, 'up'), goalOf(grown, 'down')]).toEqual([6, 7, 5]);
  });

  it('is what was wanted where it was not done', () => {
    const noted = {
      record: record({ mode: 'Shadow', outcome: 'shadowed', decision: decision({ action: 2 }) }),
      past: emptyPast,
    };
    expect([sizeAfter(noted.record), goalOf(noted, 'up'), goalOf(noted, 'down')]).toEqual([4, 6, 3]);
    const way = gatesTo(noted, 6);
    expect(way.gates.filter(({ isOpen }) => !isOpen).map(({ step }) => step)).toEqual(['mode']);
  });

  it('is never fewer than none', () => {
    const empty = record({
      decision: decision({ from: 0, to: 0, values: [], lines: undefined }),
      observation: observation({ replicas: replicas({ desired: 0, ready: 0 }) }),
    });
    expect(goalOf({ record: empty, past: emptyPast }, 'down')).toBe(undefined);
  });

  it('is what the expert in charge would have wanted without the limits that hid it from its choice', () => {
    const values = [{ option: 'nets-shipped', replicas: 9, value: -1 }];
    const asked = {
      record: record({ spec: spec({ maxReplicas: 4 }), decision: decision({ values }) }),
      past: emptyPast,
    };
    expect(wishOf(asked)).toBe(9);
    expect(gateOf(gatesTo(asked, 9), 'bounds')).toMatchObject({
      isOpen: false,
      reason: 'TooManyReplicas',
      openings: [{ of: 'maxReplicas', is: 'at least', value: 9, exact: true }],
    });
  });
});

describe('a limit in time', () => {
  it.each([
    [
      'cooldown',
      { cooldownSeconds: 60 },
      { replicas: replicas({ lastScaledAt: startAt - 20.5 }) },
      emptyPast,
      40,
    ],
    [
      'holder',
      {},
      { holder: { writer: 'kubectl', reason: 'ManualScaling', untilSeconds: startAt + 99.2 } },
      emptyPast,
      100,
    ],
    [
      'stabilization',
      { behavior: { scaleUp: { stabilizationWindowSeconds: 120 } } },
      {},
      {
        ...emptyPast,
        recommendations: [
          { atSeconds: startAt - 90, replicas: 4 },
          { atSeconds: startAt - 30, replicas: 3 },
          { atSeconds: startAt - 10, replicas: 8 },
        ],
      },
      90,
    ],
    [
      'rate',
      { behavior: { scaleUp: { policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }] } } },
      {},
      { ...emptyPast, scalings: [{ atSeconds: startAt - 45, change: 2 }] },
      15,
    ],
  ] as const)('%s opens when what it remembers is over', (step, set, seen, past, seconds) => {
    const way = upOf({ spec: spec(set as object), observation: observation(seen as object) }, past);
    expect(gateOf(way, step)).toMatchObject({
      isOpen: false,
      openings: [{ of: 'time', value: startAt + seconds }, ...(step === 'holder' ? [{ of: 'writer' }] : [])],
    });
  });

  it('that forgets only part of what it remembers in time for the size says when the whole of it is', () => {
    const guards = { flapBudget: { reversals: 2, windowSeconds: 600 } };
    const asked = {
      record: record({ spec: spec({ guards }) }),
      past: { ...emptyPast, turnedAt: [startAt - 590, startAt - 300, startAt - 100] },
    };
    const way = gatesTo(asked, 3);
    expect(gateOf(way, 'flap-budget').openings).toMatchObject([{ of: 'time', value: startAt + 300 }]);
    expect(gateOf(way, 'flap-budget').present).toMatchObject([{ of: 'turns', value: 3 }]);
  });

  it('is a pause with an end, or one that a person has to end', () => {
    const pause = { direction: 'up', reason: 'release', by: 'ops' } as const;
    const until = (untilSeconds: number) => upOf({ pauses: [{ ...pause, untilSeconds }] });
    expect(gateOf(until(startAt + 30), 'pause').openings).toMatchObject([
      { of: 'time', value: startAt + 30 },
    ]);
    expect(gateOf(until(Number.POSITIVE_INFINITY), 'pause').openings).toMatchObject([
      { of: 'pause', value: 'ended' },
    ]);
  });
});

describe('doubt', () => {
  it('opens with a metric that is young enough', () => {
    const late = sample({ state: 'stale', ageSeconds: 80 });
    const o = observation({ demand: undefined, samples: [late, sample({ metric: 'cpu', value: 0.5 })] });
    expect(gateOf(upOf({ observation: o }), 'missing-data')).toMatchObject({
      reason: 'StaleMetric',
      present: [
        { of: 'metric age', value: 80 },
        { of: 'metrics', value: 'stale', name: 'requests' },
      ],
      openings: [
        { of: 'metric age', is: 'at most', value: 15, name: 'requests', exact: true },
        { of: 'time', value: startAt + 10, exact: false },
      ],
    });
  });

  it('of many cycles leaves the word to CPU and memory: the values at which they would raise it are exact', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 0.6, noNaN: true }),
        fc.double({ min: 0, max: 0.8, noNaN: true }),
        (size, cpu, memory) => {
          const seen = (c: number, m: number): Observation =>
            observation({
              demand: undefined,
              replicas: replicas({ desired: size, ready: size }),
              samples: [
                sample({ state: 'error', value: undefined }),
                sample({ metric: 'cpu', value: c }),
                sample({ metric: 'memory', value: m }),
              ],
            });
          const past = { ...emptyPast, misses: 5, missedSince: startAt - 100 };
          const raised = (c: number, m: number): boolean =>
            size + fallback(seen(c, m), spec()).action >= size + 1;
          const made = decision({
            from: size,
            to: size,
            expert: 'hpa-rule',
            lines: undefined,
            values: [],
            reason: 'FallbackHeld',
          });
          const way = gatesTo(
            { record: record({ observation: seen(cpu, memory), decision: made }), past },
            size + 1,
          );
          const { openings } = gateOf(way, 'expert');
          expect(openings.map(({ of, exact }) => [of, exact])).toEqual([
            ['cpu', true],
            ['memory', true],
          ]);
          const [byCpu, byMemory] = openings.map(({ value }) => Number(value)) as [number, number];
          expect([raised(byCpu, memory), raised(byCpu - 0.001, memory)]).toEqual([true, false]);
          expect([raised(cpu, byMemory), raised(cpu, byMemory - 0.001)]).toEqual([true, false]);
        },
      ),
    );
  });
});

describe('a size that is prescribed', () => {
  it('is moved by no demand', () => {
    const approved = record({ decision: decision({ action: 2, reason: 'Approved' }) });
    const way = gatesTo({ record: approved, past: emptyPast }, 7, () => {
      throw new Error('the policy was asked');
    });
    expect(gateOf(way, 'expert')).toMatchObject({
      isOpen: false,
      openings: [],
      unknown: 'this size was prescribed, and no demand moves it',
    });
  });
});
