import { type Credited, type LearningReport, type Target, targetKey } from '#core/model';
import type { DecisionRecord } from '#ports';
import { directionOf } from './change.ts';
import { type Exemplar, exemplarLabels } from './exemplar.ts';
import { reasonLabel } from './reasons.ts';

export type Labels = Readonly<Record<string, string>>;
type Entry = { readonly labels: Labels; count: number; exemplar?: Exemplar };
export type Tally = Map<string, Entry>;

/** What is known of one target between two scrapes. */
export type Series = {
  readonly labels: Labels;
  readonly decisions: Tally;
  readonly limited: Tally;
  latest: DecisionRecord;
  /** Of the newest cycles that had them: not every cycle learns. */
  reward: Credited | undefined;
  learning: LearningReport | undefined;
};

export type Sizes = { readonly desired: number; readonly current: number; readonly ready: number };

const overflow = '_other';
const overflowLabels: Labels = {
  namespace: overflow,
  kind: overflow,
  target: overflow,
  policy: overflow,
};

/**
 * The targets with series of their own, at most `mostTargets` of them. The rest share the label `_other`, under which
 * decisions are counted and sizes summed; a sum of rewards or ages would say nothing.
 */
export const seriesBook = (mostTargets: number) => {
  const own = new Map<string, Series>();
  const rest = {
    decisions: new Map() as Tally,
    limited: new Map() as Tally,
    sizes: new Map<string, Sizes>(),
  };

  const seriesOf = (record: DecisionRecord, key: string): Series | undefined => {
    const found = own.get(key);
    // Under another policy the same target starts anew: its old series must not stand still beside the new ones.
    if (found?.labels.policy === record.policy.name) return found;
    if (found === undefined && own.size >= mostTargets) return undefined;
    const fresh: Series = {
      labels: { ...labelsOf(record.target), policy: record.policy.name },
      decisions: new Map(),
      limited: new Map(),
      latest: record,
      reward: undefined,
      learning: undefined,
    };
    own.set(key, fresh);
    rest.sizes.delete(key);
    return fresh;
  };

  return {
    own: own as ReadonlyMap<string, Series>,
    rest: { labels: overflowLabels, ...rest },
    /** Gives what is to be called once the trace of the record can be looked up. */
    record: (record: DecisionRecord): (() => void) => {
      const key = targetKey(record.target);
      const series = seriesOf(record, key);
      const { decisions, limited } = series ?? rest;
      const { decision } = record;
      const reason = reasonLabel(decision.reason);
      const counted = [
        count(decisions, { direction: directionOf(decision), reason, outcome: record.outcome }),
        ...decision.limits.map(({ step, reason }) =>
          count(limited, { limit: step, reason: reasonLabel(reason) }),
        ),
      ];
      if (series === undefined) rest.sizes.set(key, sizesOf(record));
      else {
        series.latest = light(record);
        series.reward = record.reward ?? series.reward;
        series.learning = record.learning ?? series.learning;
      }
      return () => {
        const exemplar = { labelSet: exemplarLabels(record), value: 1, timestamp: endedAt(record) };
        for (const entry of counted) entry.exemplar = exemplar;
      };
    },
    forget: (target: Target): void => {
      own.delete(targetKey(target));
      rest.sizes.delete(targetKey(target));
    },
  };
};

export type SeriesBook = ReturnType<typeof seriesBook>;

const labelsOf = ({ namespace, kind, name }: Target): Labels => ({ namespace, kind, target: name });

export const sizesOf = ({ decision, observation: { replicas } }: DecisionRecord): Sizes => ({
  desired: decision.to,
  current: replicas.desired,
  ready: replicas.ready,
});

/** By the wall clock, where it was timed by that. */
const endedAt = ({ atSeconds, stages = [] }: DecisionRecord): number => {
  const last = stages.at(-1);
  return last === undefined ? atSeconds : last.startedAt + last.seconds;
};

/** Without the parts that no metric shows, so that the newest record of 2000 targets stays small. */
const light = (record: DecisionRecord): DecisionRecord => ({
  ...record,
  observation: { ...record.observation, arrivals: undefined, pods: undefined },
  stages: undefined,
});

const count = (tally: Tally, labels: Labels): Entry => {
  const key = Object.values(labels).join(' ');
  const known = tally.get(key);
  if (known !== undefined) {
    known.count++;
    return known;
  }
  const entry: Entry = { labels, count: 1 };
  tally.set(key, entry);
  return entry;
};
