import type { Holder, ScheduleWindow } from '#core/circumstances';
import { doubt, staleAfterSeconds } from '#core/doubt';
import {
  type Cycle,
  type Mode,
  type OptionValue,
  type Reward,
  type Sample,
  signals,
  targetKey,
} from '#core/model';
import { figure, inOneLine, rate, sizeChange } from '#core/one-line';
import { isPrescribed } from '#core/prescribed';
import { inWords } from '#core/reasons';

/** What an explanation needs of a record; `credited` is the reward that this decision earned later. */
export type Narrated = Cycle & {
  readonly policy: { readonly name: string };
  readonly mode: Mode;
  readonly actuator: string;
  readonly tableVersion: number;
  readonly credited?: Reward | undefined;
};

const time = (atSeconds: number): string =>
  Number.isFinite(atSeconds) && Math.abs(atSeconds) < 8.64e12
    ? `${new Date(atSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}Z`
    : 'an unknown time';

const replicas = (count: number): string => `${figure(count, 0)} ${count === 1 ? 'replica' : 'replicas'}`;

const value = ({ metric, value }: Sample): string => {
  if (metric === 'requests') return `${rate(value)}/s`;
  return (signals as readonly string[]).includes(metric) ? figure(value, 2) : figure(value, 3);
};

const sample = (s: Sample): string => {
  if (s.state === 'ok') return `${s.metric} ${value(s)} (${figure(s.ageSeconds, 0)} s old)`;
  const old = s.state === 'stale' ? `, ${value(s)}, ${figure(s.ageSeconds, 0)} s old` : '';
  return `${s.metric} ${s.state}${old}${s.detail === undefined ? '' : ` (${inOneLine(s.detail)})`}`;
};

const what = (r: Narrated): string => {
  const done = r.outcome === 'scaled' ? 'went from' : 'was to go from';
  const size = r.decision.from === r.decision.to ? 'stayed at' : done;
  const change =
    r.decision.from === r.decision.to
      ? replicas(r.decision.to)
      : `${figure(r.decision.from, 0)} to ${replicas(r.decision.to)}`;
  return `${targetKey(r.target)} ${size} ${change}, ${time(r.atSeconds)}, because ${inWords(r.decision.reason)} (${r.decision.reason}).`;
};

const seen = ({ observation: { samples, replicas: n, rollout } }: Narrated): string => {
  const metrics = samples.length === 0 ? 'no metric at all' : samples.map(sample).join(', ');
  const starting = n.starting > 0 ? `, ${figure(n.starting, 0)} starting` : '';
  return `Seen: ${metrics}; ${figure(n.ready, 0)} of ${replicas(n.desired)} ready${starting}${rollout ? '; a rollout is under way' : ''}.`;
};

const held = ({ writer, reason, untilSeconds }: Holder): string =>
  `${inOneLine(writer)} is respected${untilSeconds === undefined ? '' : ` until ${time(untilSeconds)}`}, because ${inWords(reason)} (${reason})`;

const window = ({ name, minReplicas, maxReplicas }: ScheduleWindow): string => {
  const bounds = [
    ...(minReplicas === undefined ? [] : [`at least ${replicas(minReplicas)}`]),
    ...(maxReplicas === undefined ? [] : [`at most ${replicas(maxReplicas)}`]),
  ];
  return `by the clock ${bounds.join(' and ') || 'no other bounds'} (${inOneLine(name)})`;
};

/** What bore on the size besides metrics. */
const circumstances = ({ observation: o }: Narrated): string | undefined => {
  const { unschedulable, holder, floor, schedule, approved, canaryRatio } = o;
  const known = [
    ...(unschedulable === undefined || unschedulable === 0
      ? []
      : [`${figure(unschedulable, 0)} ${unschedulable === 1 ? 'pod finds' : 'pods find'} no node`]),
    ...(holder === undefined ? [] : [held(holder)]),
    ...(floor === undefined
      ? []
      : [`${inOneLine(floor.name)} asks for at least ${replicas(floor.replicas)}`]),
    ...(schedule === undefined ? [] : [window(schedule)]),
    ...(approved === undefined
      ? []
      : [
          `${inOneLine(approved.by)} approved ${replicas(approved.to)}, as decision ${approved.decisionId} proposed`,
        ]),
    ...(canaryRatio === undefined
      ? []
      : [`no further than ${figure(canaryRatio, 2)} of it from the size of the HPA's rule`]),
  ];
  return known.length === 0 ? undefined : `Besides: ${known.join('; ')}.`;
};

const contexts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  volatility: { 0: 'calm', 1: 'as restless as usual', 2: 'wild' },
  trend: { '-1': 'falling', 0: 'level', '+1': 'rising' },
  season: { 0: 'without a rhythm to trust', 1: 'with a rhythm to trust' },
};

/** `volatility=2 trend=+1` becomes "wild, rising"; states of other policies are quoted. */
const context = (state: string): string => {
  const words = state.split(' ').flatMap((part) => {
    const [name, bin] = part.split('=');
    return contexts[name ?? '']?.[bin ?? ''] ?? [];
  });
  return words.length > 0 ? `the load is ${words.join(', ')}` : `the state is ${state}`;
};

const inCharge = ({ decision: d, policy, tableVersion }: Narrated): string => {
  const version = tableVersion > 0 ? `, table version ${figure(tableVersion, 0)}` : '';
  const who =
    d.expert === undefined ? `${policy.name}${version}` : `${d.expert}, of ${policy.name}${version}`;
  const charge = isPrescribed(d.reason) ? 'In charge would be' : 'In charge';
  const lines =
    d.lines === undefined
      ? ''
      : ` It orders up to ${figure(d.lines.low, 1)} or a little more when there are fewer and releases down to ${figure(d.lines.high, 1)} when there are clearly more.`;
  return `${charge}: ${who}; ${context(d.state)}.${lines}`;
};

const mostOptions = 4;

const option = ({ option: name, replicas: n, value: worth }: OptionValue): string =>
  `${name} ${figure(n, 0)} (${figure(worth, 3)})`;

/** What every option wanted, the best first; those that nobody would ask about are left out. */
const options = ({ decision: { values } }: Narrated): string | undefined => {
  if (values.length === 0) return undefined;
  const best = values.toSorted((a, b) => b.value - a.value);
  const shown = best.slice(0, mostOptions).map(option).join(', ');
  const meaning =
    values.length === 1
      ? 'in brackets the share of its target'
      : 'in brackets what it is worth, the greater the better';
  return `Wanted by ${values.length === 1 ? 'the metric' : 'each option'}: ${shown}${best.length > mostOptions ? ' and others' : ''}; ${meaning}.`;
};

const limits = ({ decision: { limits: bound } }: Narrated): string | undefined =>
  bound.length === 0
    ? undefined
    : `Limited: ${bound.map((l) => `${l.step} turned ${figure(l.from, 0)} into ${figure(l.to, 0)}, because ${inWords(l.reason)} (${l.reason})`).join('; ')}.`;

const doubts = ({ observation, spec }: Narrated): string | undefined => {
  const why = doubt(observation, spec);
  const missing = observation.samples.filter((s) => s.state !== 'ok').map((s) => s.metric);
  const names = missing.length === 0 ? 'no good metric' : missing.join(', ');
  const late = figure(staleAfterSeconds(spec), 0);
  if (why === 'none') return undefined;
  if (why === 'partial') return `In doubt: ${names} could not be relied on, so nothing was lowered.`;
  const later =
    spec.onMetricLoss?.action === 'Hold'
      ? ''
      : '; in a longer doubt CPU and memory may raise it, never lower it';
  const done = `so the size was held${later}`;
  return why === 'stale'
    ? `In doubt: demand is older than the ${late} s that are trusted, ${done}.`
    : `In doubt: there is no demand to go by (${names}), ${done}.`;
};

const outcome = (r: Narrated): string =>
  ({
    scaled: `Done: ${sizeChange(r.decision)} was set (actuator: ${r.actuator}).`,
    held: r.mode === 'Off' ? 'Done: nothing, since the mode is Off.' : 'Done: nothing had to be set.',
    shadowed: 'Done: nothing, only noted down, since the mode is Shadow.',
    'awaiting-approval': 'Done: nothing yet; it waits for approval.',
    failed: `Failed: ${r.actuator} could not set it: ${inOneLine(r.error ?? 'the reason was not recorded')}.`,
  })[r.outcome];

const earned = ({ credited }: Narrated): string => {
  if (credited === undefined) return 'Reward: none yet; it is known once replicas ordered then are ready.';
  const { efficiency, slo, stability } = credited.terms;
  const from = credited.lateFrom === 'histogram' ? 'as the latency histogram shows' : 'by the late-share law';
  return `Reward: ${figure(credited.total, 3)} = ${figure(efficiency, 3)} for replicas, ${figure(slo, 3)} for late requests (${from}), ${figure(stability, 3)} for the change of size.`;
};

const learnt = ({ learning }: Narrated): string | undefined => {
  const regret = learning?.regret;
  if (regret === undefined || !Number.isFinite(regret)) return undefined;
  const more = regret > 0 ? 'more' : 'less';
  return `So far: ${figure(Math.abs(regret), 2)} replica-hours ${more} than the best single expert would have cost.`;
};

const ids = ({ id, traceId }: Narrated): string => `Decision ${id}, trace ${traceId}.`;

const parts = [what, seen, circumstances, inCharge, options, limits, doubts, outcome, earned, learnt, ids];

/** A decision in a few lines for whoever asks at night, from the record's own numbers alone. */
export const explain = (record: Narrated): string =>
  parts
    .map((part) => part(record))
    .filter((line) => line !== undefined)
    .join('\n');
