import { judging } from '#cli/simulate/judging';
import { type Target, targetKey } from '#core/model';
import type { PolicySettings } from '#core/policy';
import { isWhole, whole } from '#core/recording';
import type { Turnstile } from '#core/turnstile';
import type { DecisionRecord, Store } from '#ports';
import { settingsAsDone } from './compare/done-text.ts';

const daySeconds = 86_400;
const hourSeconds = 3600;
/** On less demand than this knobs are not picked. */
const leastSeconds = hourSeconds;
/** The judge wants something left to score. */
const pickedOnShare = 0.95;
const mostKept = 14;

type Picked = { readonly settings: PolicySettings; readonly fromSeconds: number; readonly toSeconds: number };
type Kept = { readonly picked: readonly Picked[] };

/** On what knobs for this time may be picked: the day before it; on a first day, what of it had passed by the hour. */
const stretches = (atSeconds: number) => {
  const day = Math.floor(atSeconds / daySeconds) * daySeconds;
  const hour = Math.floor(atSeconds / hourSeconds) * hourSeconds;
  return [
    { fromSeconds: day - daySeconds, toSeconds: day },
    { fromSeconds: day, toSeconds: hour },
  ].filter(({ fromSeconds, toSeconds }) => toSeconds - fromSeconds >= leastSeconds);
};

/**
 * Knobs picked on a target's own kept demand, once for each stretch, beside whoever asks: it takes a second. They are never
 * picked on what they are asked about.
 */
export const tunedKnobs = ({
  store,
  inTurn,
  signal,
  onFault,
}: {
  readonly store: Store;
  /** It takes a core. */
  readonly inTurn: Turnstile;
  readonly signal: AbortSignal;
  readonly onFault: (target: Target, error: unknown) => void;
}) => {
  const known = new Map<string, Promise<readonly Picked[]>>();
  const underWay = new Map<string, Promise<PolicySettings | undefined>>();

  const keyOf = (policy: string, { cluster, target }: DecisionRecord) => ({ cluster, target, policy });
  const nameOf = ({ cluster, target, policy }: ReturnType<typeof keyOf>): string =>
    `${policy} ${cluster} ${targetKey(target)}`;

  const pickedBefore = (key: ReturnType<typeof keyOf>): Promise<readonly Picked[]> => {
    const name = nameOf(key);
    let found = known.get(name);
    if (found === undefined) {
      found = store.loadSettings(key).then((kept) => (kept as Kept | undefined)?.picked ?? []);
      known.set(name, found);
    }
    return found;
  };

  /** What was recorded of the first stretch that holds enough. */
  const demandFor = async ({ cluster, target, atSeconds }: DecisionRecord) => {
    for (const stretch of stretches(atSeconds)) {
      const { fromSeconds, toSeconds } = stretch;
      const first = await store.firstDemandAt(cluster, target, fromSeconds, toSeconds);
      if (first === undefined || toSeconds - first < leastSeconds) continue;
      const rps = await store.demand(cluster, target, first, toSeconds);
      const part = whole({ startsAt: first, stepSeconds: 1, rps }, 'hold');
      if (isWhole(part) && part.rps.length >= leastSeconds) return { stretch, part };
    }
    return undefined;
  };

  const pick = async (policy: string, record: DecisionRecord): Promise<PolicySettings | undefined> => {
    const found = await demandFor(record);
    if (found === undefined) return undefined;
    const key = keyOf(policy, record);
    const before = await pickedBefore(key);
    const same = before.find(({ toSeconds }) => toSeconds === found.stretch.toSeconds);
    if (same !== undefined) return same.settings;
    const { judgement } = await judging(
      {
        load: { ...found.part, name: targetKey(record.target) },
        contestants: [{ name: policy }],
        settings: settingsAsDone(record.spec, pickedOnShare),
      },
      signal,
    );
    const { settings } = judgement.policies[0]!;
    const picked = [...(await pickedBefore(key)), { settings, ...found.stretch }].slice(-mostKept);
    known.set(nameOf(key), Promise.resolve(picked));
    await store.saveSettings(key, { picked } satisfies Kept);
    return settings;
  };

  const picking = (policy: string, record: DecisionRecord): Promise<PolicySettings | undefined> => {
    const name = `${nameOf(keyOf(policy, record))} ${stretches(record.atSeconds)[0]?.toSeconds}`;
    let job = underWay.get(name);
    if (job === undefined) {
      job = inTurn(() => pick(policy, record)).finally(() => underWay.delete(name));
      underWay.set(name, job);
    }
    return job;
  };

  return {
    /** Waits until they are picked; undefined: too little demand is kept. */
    picking,
    /** At once: what is picked already, and the rest is begun. */
    picked: async (policy: string, record: DecisionRecord): Promise<PolicySettings | undefined> => {
      const before = await pickedBefore(keyOf(policy, record));
      const ends = stretches(record.atSeconds).map(({ toSeconds }) => toSeconds);
      const found = before.find(({ toSeconds }) => ends.includes(toSeconds));
      if (found === undefined)
        void picking(policy, record).catch((error) => {
          if (!signal.aborted) onFault(record.target, error);
        });
      return found?.settings;
    },
  };
};
