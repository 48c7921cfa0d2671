import { inFallback } from '#core/doubt';
import { fallbackOpenings } from '#core/fallback-openings';
import { type Direction, directions, type Gate, type Measure, type Opening, type Way } from '#core/gate';
import { type LimitStep, limitsByStep } from '#core/limit-chain';
import { admits, type Ground, intervalOn, limitOpenings } from '#core/limit-openings';
import { limitPresent } from '#core/limit-presents';
import { legal } from '#core/limits';
import type { Cycle, LearningReport, Mode, Past, Pause } from '#core/model';
import { isPrescribed } from '#core/prescribed';
import { sizeAfter } from '#core/size-after';

/** A decision with what it was made on: its record, and the past that the limits remembered then. */
export type Asked = {
  readonly record: Pick<Cycle, 'id' | 'spec' | 'observation' | 'decision' | 'outcome' | 'error'> & {
    readonly mode: Mode;
    readonly pauses?: readonly Pause[] | undefined;
    readonly learning?: LearningReport | undefined;
  };
  readonly past: Past;
};

/** Says at what demand a policy itself would want `goal`; it knows its own rule. */
export type Solve = (record: Asked['record'], goal: number, up: boolean) => readonly Opening[];

const none: readonly never[] = [];

const groundOf = ({ record, past }: Asked): Ground => ({
  o: record.observation,
  spec: record.spec,
  past,
  pauses: record.pauses ?? none,
  mode: record.mode,
});

/**
 * What was wanted before limits. A policy that knows what is legal wants no more than that; whoever names lines, or the
 * wish of the one in charge, shows what it would have wanted.
 */
export const wishOf = (asked: Asked): number => {
  const { decision: d, observation, spec, mode } = asked.record;
  const chosen = d.from + d.action;
  if (isPrescribed(d.reason) || d.explored) return chosen;
  const own = d.values.find(({ option }) => option === d.expert);
  if (own !== undefined) return own.replicas;
  const { low, high } = legal(observation, spec, asked.past, asked.record.pauses, mode);
  const greatest = d.values.reduce((most, { replicas }) => Math.max(most, replicas), chosen);
  const least = d.values.reduce((fewest, { replicas }) => Math.min(fewest, replicas), chosen);
  if (chosen >= high && greatest > chosen) return greatest;
  return chosen <= low && d.from > low && least < chosen ? least : chosen;
};

/** Whole replicas of a line, half rounded up. */
const whole = (line: number): number => Math.floor(line + 0.5);

const expertPresent = ({ record }: Asked, wish: number, up: boolean): readonly Measure[] => {
  const { lines, expert } = record.decision;
  const { demand } = record.observation;
  return [
    ...(lines === undefined
      ? none
      : [
          {
            of: up ? ('low line' as const) : ('high line' as const),
            value: up ? lines.low : lines.high,
            unit: 'replicas' as const,
            name: expert,
          },
        ]),
    { of: 'wanted', value: wish, unit: 'replicas', name: expert },
    ...(demand === undefined || Number.isNaN(demand)
      ? none
      : [{ of: 'demand' as const, value: demand, unit: 'per-second' as const }]),
  ];
};

/** Who is in charge wants it, or does not. */
const expertGate = (asked: Asked, goal: number, up: boolean, openings: readonly Opening[]): Gate => {
  const { decision: d } = asked.record;
  const wish = wishOf(asked);
  const isOpen = up ? wish >= goal : wish <= goal;
  const waits = !isOpen && !up && d.reason === 'ReleaseWaits';
  const present = expertPresent(asked, wish, up);
  // Beyond the high line, but not by enough: that gate is the next one.
  if (isOpen || (waits && d.lines !== undefined && goal >= whole(d.lines.high)))
    return { step: 'expert', isOpen: true, present, openings: none };
  return {
    step: 'expert',
    isOpen,
    // Why it went so far in this direction is not why it went no farther.
    ...((up ? d.action <= 0 : d.action >= 0) && { reason: d.reason }),
    present,
    openings,
    ...(openings.length === 0 && {
      unknown: isPrescribed(d.reason)
        ? 'this size was prescribed, and no demand moves it'
        : 'the record does not tell at what demand it would be wanted',
    }),
  };
};

/** A release that is too small, or too soon after an order, is put off. */
const calmGate = ({ record }: Asked, goal: number, openings: readonly Opening[]): Gate | undefined => {
  const { decision: d } = record;
  if (d.lines === undefined || goal >= d.from) return undefined;
  const most = whole(d.lines.high);
  const present: readonly Measure[] = [
    { of: 'too many', value: Math.max(0, d.from - most), unit: 'replicas', name: d.expert },
  ];
  const isOpen = d.reason !== 'ReleaseWaits';
  return {
    step: 'calm',
    isOpen,
    present,
    ...(isOpen ? { openings: none } : { reason: d.reason, openings }),
  };
};

const limitGate = (step: LimitStep, ground: Ground, goal: number): Gate => {
  const found = intervalOn(step, ground);
  const from = ground.o.replicas.desired;
  const isOpen = admits(found, from, goal);
  const openings = isOpen ? none : limitOpenings(step, ground, goal).map(({ opening }) => opening);
  return {
    step,
    isOpen,
    present: limitPresent(step, ground, goal > from),
    openings,
    ...(found !== undefined && {
      lets: { low: Math.max(0, Math.min(found.low, from)), high: Math.max(found.high, from) },
    }),
    ...(!isOpen && { reason: goal > from ? found!.reasonHigh : found!.reasonLow }),
    ...(!isOpen && openings.length === 0 && { unknown: 'it lets no more through at once' }),
  };
};

/** Which modes carry out what was decided; in Approve a person does. */
const carriesOut: Readonly<Record<Mode, boolean>> = {
  Auto: true,
  Canary: true,
  Shadow: false,
  Approve: false,
  Off: false,
};

const modeGate = ({ record }: Asked, goal: number): Gate => {
  const { mode, observation, id } = record;
  const approved = observation.approved?.to === goal;
  const isOpen = carriesOut[mode] || (mode === 'Approve' && approved);
  const auto: Opening = { of: 'mode', value: 'Auto', unit: 'state', is: 'equal', exact: true };
  const approval: Opening = { of: 'approval', value: id, unit: 'state', is: 'equal', exact: true };
  return {
    step: 'mode',
    isOpen,
    present: [{ of: 'mode', value: mode, unit: 'state' }],
    openings: isOpen ? none : record.outcome === 'awaiting-approval' ? [approval, auto] : [auto],
  };
};

const writeGate = ({ record }: Asked): Gate | undefined =>
  record.outcome === 'failed'
    ? {
        step: 'write',
        isOpen: false,
        present: [{ of: 'write', value: 'failed', unit: 'state' }],
        openings: none,
        unknown: 'it is tried again at each decision',
      }
    : undefined;

/** Who had the word: nobody whom demand could move, the rule for when demand is missing, or the policy. */
const solverOf = ({ record, past }: Asked, solve: Solve): Solve => {
  if (isPrescribed(record.decision.reason)) return () => none;
  return inFallback(record.observation, record.spec, past) ? fallbackOpenings : solve;
};

/** Every gate between the size that a decision left and `goal`, in the order in which a wish passes them. */
export const gatesTo = (asked: Asked, goal: number, solve: Solve = () => none): Way => {
  const { record } = asked;
  const from = sizeAfter(record);
  const up = goal > from;
  const ground = groundOf(asked);
  const shut = up ? wishOf(asked) < goal : wishOf(asked) > goal;
  const openings = shut ? solverOf(asked, solve)(record, goal, up) : none;
  const steps = Object.keys(limitsByStep) as LimitStep[];
  const gates = [
    expertGate(asked, goal, up, openings),
    ...(up ? [] : [calmGate(asked, goal, openings)]),
    ...steps.map((step) => limitGate(step, ground, goal)),
    modeGate(asked, goal),
    writeGate(asked),
  ];
  return {
    direction: up ? 'up' : 'down',
    from,
    goal,
    gates: gates.filter((gate) => gate !== undefined),
  };
};

/** What is asked about by itself: what was wanted and not done, else one more or one fewer. Undefined: nothing is fewer than none. */
export const goalOf = (asked: Asked, direction: Direction): number | undefined => {
  const left = sizeAfter(asked.record);
  const wish = wishOf(asked);
  if (direction === 'up') return Math.max(wish, left + 1);
  return left === 0 ? undefined : Math.min(wish, left - 1);
};

/** Both ways, or the one that is asked about. */
export const waysOf = (asked: Asked, solve?: Solve, only?: Direction): readonly Way[] =>
  directions
    .filter((direction) => only === undefined || only === direction)
    .flatMap((direction) => {
      const goal = goalOf(asked, direction);
      return goal === undefined ? [] : [gatesTo(asked, goal, solve)];
    });
