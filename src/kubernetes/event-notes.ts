import { targetKey } from '#core/model';
import { inWords } from '#core/reasons';
import type { PolicyFacts } from './policy-facts.ts';
import type { Condition, ConditionType, PolicyStatus } from './scaling-policy.ts';

/** An event before it is sent. */
export type EventNote = {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase and of few values; `SuccessfulRescale` is the HPA's. */
  readonly reason: string;
  /** What was done or tried. */
  readonly action: string;
  readonly note: string;
};

type Pair = { readonly before: PolicyStatus | undefined; readonly now: PolicyStatus };

const condition = (status: PolicyStatus | undefined, type: ConditionType): Condition | undefined =>
  status?.conditions?.find((one) => one.type === type);

const normal = (reason: string, action: string, note: string): EventNote => ({
  type: 'Normal',
  reason,
  action,
  note,
});
const warning = (reason: string, action: string, note: string): EventNote => ({
  ...normal(reason, action, note),
  type: 'Warning',
});

/** Notes of a condition that came or went. One of which nothing was known before has not gone. */
const turned = (
  { before, now }: Pair,
  type: ConditionType,
  came: (found: Condition) => EventNote,
  went: (found: Condition) => EventNote,
): readonly EventNote[] => {
  const [was, is] = [condition(before, type), condition(now, type)];
  if (is === undefined || is.status === 'Unknown') return [];
  const same = was?.status === is.status && (is.status === 'False' || was.reason === is.reason);
  if (same) return [];
  if (is.status === 'True') return [came(is)];
  return was?.status === 'True' ? [went(is)] : [];
};

/** Of Ready and MetricsAvailable it is the trouble that comes and goes. */
const troubled = (
  { before, now }: Pair,
  type: ConditionType,
  came: (found: Condition) => EventNote,
  went: (found: Condition) => EventNote,
): readonly EventNote[] => {
  const [was, is] = [condition(before, type), condition(now, type)];
  if (is === undefined || is.status === 'Unknown') return [];
  if (is.status === 'False') return was?.status === 'False' && was.reason === is.reason ? [] : [came(is)];
  return was?.status === 'False' ? [went(is)] : [];
};

const rank = ['Off', 'Shadow', 'Approve', 'Canary', 'Auto'];

/** A mode that moves while the spec stays was moved by evidence. */
const modes = ({ before, now }: Pair): readonly EventNote[] => {
  if (before?.mode === undefined || now.mode === undefined || before.mode === now.mode) return [];
  const note = `mode ${before.mode} → ${now.mode}`;
  if (before.observedGeneration !== now.observedGeneration)
    return [normal('ModeChanged', 'ChangeMode', note)];
  const why = `${note} by what decisions have cost`;
  return rank.indexOf(now.mode) > rank.indexOf(before.mode)
    ? [normal('LearningPromoted', 'ChangeMode', why)]
    : [warning('LearningDemoted', 'ChangeMode', why)];
};

const decisions = ({ before, now }: Pair): readonly EventNote[] => {
  const last = now.lastDecision;
  if (last === undefined || last.id === before?.lastDecision?.id) return [];
  const because = inWords(last.reason);
  if (last.outcome === 'failed')
    return [warning('ScalingFailed', 'Rescale', `${last.from} → ${last.to}: ${last.error ?? because}`)];
  if (last.outcome !== 'scaled') return [];
  const first = before?.lastScaleAt === undefined ? ' (the first of this policy)' : '';
  return [
    normal(
      'SuccessfulRescale',
      'Rescale',
      `New size: ${last.to}, was ${last.from}${first}; reason: ${because}`,
    ),
  ];
};

const proposals = (
  { before, now }: Pair,
  { record }: PolicyFacts,
  nowSeconds: number,
): readonly EventNote[] => {
  const [was, is] = [before?.proposal, now.proposal];
  if (was?.id === is?.id) return [];
  const made =
    is === undefined
      ? []
      : [
          normal(
            'ProposalMade',
            'Propose',
            `${is.from} → ${is.to}, to be approved until ${is.expiresAt}; reason: ${inWords(is.reason)}`,
          ),
        ];
  if (was === undefined) return made;
  const size = `${was.from} → ${was.to}`;
  const approved = record?.observation.approved;
  if (approved?.decisionId === was.id)
    return [normal('ProposalApproved', 'Approve', `${size}, by ${approved.by}`), ...made];
  return nowSeconds >= Date.parse(was.expiresAt) / 1000
    ? [normal('ProposalExpired', 'Propose', `${size}: nobody approved it`), ...made]
    : [
        normal('ProposalWithdrawn', 'Propose', `${size}: it was rejected, or the size is another now`),
        ...made,
      ];
};

const retreats = ({ before, now }: Pair): readonly EventNote[] => {
  const is = condition(now, 'Learning');
  return is?.reason === 'LearningDemoted' && condition(before, 'Learning')?.reason !== 'LearningDemoted'
    ? [warning('LearningDemoted', 'Learn', is.message)]
    : [];
};

/** What somebody is told when one status follows another, whoever wrote the one before: a restart tells nothing twice. */
export const eventsBetween = (
  before: PolicyStatus | undefined,
  now: PolicyStatus,
  facts: PolicyFacts,
  nowSeconds: number,
): readonly EventNote[] => {
  const pair = { before, now };
  const target = facts.record === undefined ? facts.targetKey : targetKey(facts.record.target);
  return [
    ...troubled(
      pair,
      'Ready',
      ({ reason, message }) => warning(reason, 'LookAfter', message),
      () => normal('PolicyReady', 'LookAfter', `${target} is looked after`),
    ),
    ...modes(pair),
    ...turned(
      pair,
      'Conflict',
      ({ message }) => warning('ConflictFound', 'Hold', message),
      () => normal('ConflictResolved', 'Hold', `nobody else sets the size of ${target} any more`),
    ),
    ...troubled(
      pair,
      'MetricsAvailable',
      ({ message }) => warning('MetricsLost', 'ReadMetrics', message),
      () => normal('MetricsRecovered', 'ReadMetrics', 'all metrics were read'),
    ),
    ...turned(
      pair,
      'Fallback',
      ({ message }) => warning('FallbackStarted', 'Decide', message),
      () => normal('FallbackEnded', 'Decide', 'the policy decides again'),
    ),
    ...retreats(pair),
    ...turned(
      pair,
      'Paused',
      ({ message }) => normal('Paused', 'Pause', message),
      () => normal('Resumed', 'Pause', 'the pause is over'),
    ),
    ...proposals(pair, facts, nowSeconds),
    ...decisions(pair),
  ];
};
