import { withheld } from '#core/audit';
import type { Holder, ScheduleWindow } from '#core/circumstances';
import { doubt, staleAfterSeconds } from '#core/doubt';
import type { Evidence } from '#core/facts';
import type { Cycle, Mode, OptionValue, Pause, Reward, Sample } from '#core/model';
import { isPrescribed } from '#core/prescribed';
import { inWords, isReason } from '#core/reasons';
import {
  changeOf,
  decided,
  evidence,
  figureOf,
  joined,
  named,
  perSecond,
  quoted,
  replicas,
  type Said,
  say,
  seconds,
  size,
  stay,
  targetSaid,
  time,
} from '#core/said';

/** What an explanation needs of a record; `credited` is the reward that this decision earned later. */
export type Narrated = Cycle & {
  readonly policy: { readonly name: string };
  readonly mode: Mode;
  readonly actuator: string;
  readonly tableVersion: number;
  readonly credited?: Reward | undefined;
  readonly pauses?: readonly Pause[] | undefined;
};

/** The words of a reason, and behind them in brackets its name. */
export const because = (reason: string): Said => {
  const name = named(reason, 'reason');
  return say`${isReason(reason) ? inWords(reason) : name} (${name})`;
};

const ratios = ['cpu', 'memory', 'late'];

const value = ({ metric, value: read }: Sample): Said => {
  if (metric === 'requests') return perSecond(read, metric);
  return ratios.includes(metric) ? figureOf(read, 2, 'ratio', metric) : figureOf(read, 3, 'plain', metric);
};

const sample = (s: Sample): Said => {
  const metric = named(s.metric, 'metric');
  const old = seconds(s.ageSeconds, `age of ${s.metric}`);
  if (s.state === 'ok') return say`${metric} ${value(s)} (${old} old)`;
  const stale = s.state === 'stale' ? say`, ${value(s)} (${old} old)` : '';
  return say`${metric} ${s.state}${stale}${s.detail === undefined ? '' : say` (${quoted(s.detail)})`}`;
};

const what = ({ target, outcome, decision: d, atSeconds }: Narrated): Said => {
  const done = outcome === 'scaled' ? 'went from' : 'was to go from';
  const size =
    d.from === d.to
      ? say`stayed at ${stay({ ...d, atSeconds }, 'this decision')}`
      : say`${done} ${changeOf({ ...d, atSeconds }, 'this decision', ' to ')}`;
  const change = say`${size} ${d.to === 1 ? 'replica' : 'replicas'}`;
  return say`${targetSaid(target)} ${change}, ${time(atSeconds, 'the decision')}, because ${because(d.reason)}.`;
};

const seen = ({ observation: { samples, replicas: n, rollout } }: Narrated): Said => {
  const metrics = samples.length === 0 ? 'no metric at all' : joined(samples.map(sample), ', ');
  const starting = n.starting > 0 ? say`, ${size(n.starting, 'starting')} starting` : '';
  return say`Seen: ${metrics}; ${size(n.ready, 'ready')} of ${replicas(n.desired, 'desired')} ready${starting}${rollout ? '; a rollout is under way' : ''}.`;
};

const held = ({ writer, reason, untilSeconds }: Holder): Said =>
  say`${named(writer, 'writer')} is respected${untilSeconds === undefined ? '' : say` until ${time(untilSeconds, 'the end of the hold')}`}, because ${because(reason)}`;

const window = ({ name, minReplicas, maxReplicas }: ScheduleWindow): Said => {
  const bounds = [
    ...(minReplicas === undefined ? [] : [say`at least ${replicas(minReplicas, 'least by the clock')}`]),
    ...(maxReplicas === undefined ? [] : [say`at most ${replicas(maxReplicas, 'most by the clock')}`]),
  ];
  const said = bounds.length === 0 ? 'no other bounds' : joined(bounds, ' and ');
  return say`by the clock ${said} (${named(name, 'limit')})`;
};

const paused = ({ by, direction, untilSeconds, reason }: Pause): Said =>
  say`${named(by, 'writer')} keeps it from ${withheld[direction]} until ${time(untilSeconds, 'the end of a pause')} (${quoted(reason)})`;

/** What bore on the size besides metrics. */
const circumstances = ({ observation: o, pauses = [] }: Narrated): Said | undefined => {
  const { unschedulable, holder, floor, schedule, approved, canaryRatio } = o;
  const known = [
    ...(unschedulable === undefined || unschedulable === 0
      ? []
      : [
          say`${size(unschedulable, 'pods without a node')} ${unschedulable === 1 ? 'pod finds' : 'pods find'} no node`,
        ]),
    ...(holder === undefined ? [] : [held(holder)]),
    ...(floor === undefined
      ? []
      : [say`${named(floor.name, 'limit')} asks for at least ${replicas(floor.replicas, 'the floor')}`]),
    ...(schedule === undefined ? [] : [window(schedule)]),
    ...(approved === undefined
      ? []
      : [
          say`${named(approved.by, 'writer')} approved ${replicas(approved.to, 'approved')}, as decision ${named(approved.decisionId, 'id')} proposed`,
        ]),
    ...pauses.map(paused),
    ...(canaryRatio === undefined
      ? []
      : [
          say`no further than ${figureOf(canaryRatio, 2, 'ratio', "the canary's band")} of it from the size of the ${named('HPA', 'autoscaler')}'s rule`,
        ]),
  ];
  return known.length === 0 ? undefined : say`Besides: ${joined(known, '; ')}.`;
};

const contexts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  volatility: { 0: 'calm', 1: 'as restless as usual', 2: 'wild' },
  trend: { '-1': 'falling', 0: 'level', '+1': 'rising' },
  season: { 0: 'without a rhythm to trust', 1: 'with a rhythm to trust' },
};

/** `volatility=2 trend=+1` becomes "wild, rising"; states of other policies are quoted. */
const context = (state: string): Said => {
  const words = state.split(' ').flatMap((part) => {
    const [name, bin] = part.split('=');
    return contexts[name ?? '']?.[bin ?? ''] ?? [];
  });
  return words.length > 0 ? say`the load is ${words.join(', ')}` : say`the state is ${quoted(state)}`;
};

const inCharge = ({ decision: d, policy, tableVersion }: Narrated): Said => {
  const version =
    tableVersion > 0 ? say`, table version ${figureOf(tableVersion, 0, 'plain', 'table version')}` : '';
  const decider = say`${named(policy.name, 'policy')}${version}`;
  const who = d.expert === undefined ? decider : say`${named(d.expert, 'expert')}, of ${decider}`;
  const charge = isPrescribed(d.reason) ? 'In charge would be' : 'In charge';
  const lines =
    d.lines === undefined
      ? ''
      : say` It orders up to ${figureOf(d.lines.low, 1, 'replicas', 'low line')} or a little more when there are fewer and releases down to ${figureOf(d.lines.high, 1, 'replicas', 'high line')} when there are clearly more.`;
  return say`${charge}: ${who}; ${context(d.state)}.${lines}`;
};

const mostOptions = 4;

const option = ({ option: name, replicas: n, value: worth }: OptionValue): Said =>
  say`${named(name, 'expert')} ${size(n, `wanted by ${name}`)} (${figureOf(worth, 3, 'plain', `worth of ${name}`)})`;

/** What every option wanted, the best first; those that nobody would ask about are left out. */
const options = ({ decision: { values } }: Narrated): Said | undefined => {
  if (values.length === 0) return undefined;
  const best = values.toSorted((a, b) => b.value - a.value);
  const shown = joined(best.slice(0, mostOptions).map(option), ', ');
  const meaning =
    values.length === 1
      ? 'in brackets the share of its target'
      : 'in brackets what it is worth, the greater the better';
  return say`Wanted by ${values.length === 1 ? 'the metric' : 'each option'}: ${shown}${best.length > mostOptions ? ' and others' : ''}; ${meaning}.`;
};

const limits = ({ decision: { limits: bound }, atSeconds }: Narrated): Said | undefined =>
  bound.length === 0
    ? undefined
    : say`Limited: ${joined(
        bound.map(
          (l) =>
            say`${named(l.step, 'limit')} turned ${changeOf({ ...l, atSeconds }, 'a limit', ' into ')}, because ${because(l.reason)}`,
        ),
        '; ',
      )}.`;

const doubts = ({ observation, spec }: Narrated): Said | undefined => {
  const why = doubt(observation, spec);
  const missing = observation.samples.filter((s) => s.state !== 'ok').map((s) => named(s.metric, 'metric'));
  const names = missing.length === 0 ? 'no good metric' : joined(missing, ', ');
  if (why === 'none') return undefined;
  if (why === 'partial')
    return say`In doubt: ${names} could not be relied on, so no smaller size was allowed.`;
  const later =
    spec.onMetricLoss?.action === 'Hold'
      ? ''
      : '; in a longer doubt CPU and memory may raise it, never lower it';
  const done = `so the size was held${later}`;
  return why === 'stale'
    ? say`In doubt: demand is older than the ${seconds(staleAfterSeconds(spec), 'the age up to which demand is trusted')} that are trusted, ${done}.`
    : say`In doubt: there is no demand to go by (${names}), ${done}.`;
};

const doneWith = (r: Narrated): Said => {
  const [actuator, mode] = [named(r.actuator, 'actuator'), named(r.mode, 'mode')];
  switch (r.outcome) {
    case 'scaled':
      return say`Done: ${decided(r, 'this decision')} was set (actuator: ${actuator}).`;
    case 'held':
      return r.mode === 'Off'
        ? say`Done: nothing, since the mode is ${mode}.`
        : say`Done: nothing had to be set.`;
    case 'shadowed':
      return say`Done: nothing, only noted down, since the mode is ${mode}.`;
    case 'awaiting-approval':
      return say`Done: nothing yet; it waits for approval.`;
    case 'failed':
      return say`Failed: ${actuator} could not set it: ${r.error === undefined ? 'the reason was not recorded' : quoted(r.error)}.`;
  }
};

const earned = ({ credited }: Narrated): Said => {
  if (credited === undefined) return say`Reward: none yet; it is known once replicas ordered then are ready.`;
  const { efficiency, slo, stability } = credited.terms;
  const from = credited.lateFrom === 'histogram' ? 'as the latency histogram shows' : 'by the late-share law';
  const term = (worth: number, of: string): Said => figureOf(worth, 3, 'plain', of);
  return say`Reward: ${term(credited.total, 'reward')} = ${term(efficiency, 'reward for replicas')} for replicas, ${term(slo, 'reward for late requests')} for late requests (${from}), ${term(stability, 'reward for stability')} for the change of size.`;
};

const learnt = ({ learning }: Narrated): Said | undefined => {
  const regret = learning?.regret;
  if (regret === undefined || !Number.isFinite(regret)) return undefined;
  const more = regret > 0 ? 'more' : 'less';
  return say`So far: ${figureOf(Math.abs(regret), 2, 'replica-hours', 'regret')} replica-hours ${more} than the best single expert would have cost.`;
};

const ids = ({ id, traceId }: Narrated): Said =>
  say`Decision ${named(id, 'id')}, trace ${named(traceId, 'id')}.`;

const parts = [what, seen, circumstances, inCharge, options, limits, doubts, doneWith, earned, learnt, ids];

/** What no line says, and whoever words the answer may. */
const unsaid = ({
  mode,
  outcome,
  spec,
  observation,
  cluster,
}: Narrated & { readonly cluster?: string }): Said =>
  joined(
    [
      named(mode, 'mode'),
      named(outcome, 'outcome'),
      ...(cluster === undefined ? [] : [named(cluster, 'cluster')]),
      perSecond(observation.demand, 'demand'),
      size(spec.minReplicas, 'least size allowed'),
      size(spec.maxReplicas, 'greatest size allowed'),
      perSecond(spec.capacityPerReplica, 'what one replica serves at most'),
      seconds(spec.startUpSeconds, 'start-up of a replica'),
      seconds(spec.intervalSeconds, 'interval between decisions'),
    ],
    '',
  );

/** A decision in a few lines for whoever asks at night, from the record's own numbers alone; `more` follows the first. */
export const decisionEvidence = (record: Narrated, ...more: readonly Said[]): Evidence => {
  const { approved } = record.observation;
  const [first, ...rest] = parts.map((part) => part(record));
  const ids = approved === undefined ? [record.id] : [record.id, approved.decisionId];
  return evidence([first, ...more, ...rest], ids, unsaid(record));
};

export const explain = (record: Narrated): string => decisionEvidence(record).text;
