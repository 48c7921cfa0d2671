import { lastUsed } from '#core/last-used';
import { type Target, targetKey } from '#core/model';
import type { Peer } from '#core/others';
import type { Regret } from '#core/regret';
import { turnstile } from '#core/turnstile';
import { policies } from '#policies/registry';
import { type DecisionRecord, PortError, type Store } from '#ports';
import { type Asking, type Counterfactuals, counterfactuals, type Stretch } from '#workflows/counterfactuals';
import { paidIn } from './compare/paid.ts';
import type { SettingsOf } from './policy-settings-in.ts';
import { tunedKnobs } from './tuned-knobs.ts';

/** Of a longer stretch only so much of its end is judged: all its decisions are read. */
const longestSeconds = 7 * 86_400;

/** Stretches of which it is remembered what was paid. */
const mostRemembered = 64;

/** One of the policies, as an autoscaler that is asked. */
export const peerOf = (policy: string, name = policy): Peer => {
  const { make, intervalSeconds } = policies[policy]!;
  return { name, make, settings: {}, intervalSeconds };
};

/** What was paid in stretches that are over does not change. */
const remembered = (judge: (stretch: Stretch) => Promise<Regret>) => {
  const known = lastUsed<Promise<Regret>>(mostRemembered);
  return (stretch: Stretch): Promise<Regret> => {
    const { cluster, target, fromSeconds, toSeconds } = stretch;
    const key = `${cluster} ${targetKey(target)} ${fromSeconds} ${toSeconds}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const judged = judge(stretch);
    known.set(key, judged);
    const isOver = ({ toSeconds: end }: Regret): boolean => end >= Math.floor(toSeconds);
    judged.then(isOver, () => false).then((isKept) => isKept || known.forget(key));
    return judged;
  };
};

/** Counterfactuals of a store, by the policies that there are. */
export const keptCounterfactuals = ({
  store,
  settingsOf,
  waits = false,
  signal,
  onFault,
}: {
  readonly store: Store;
  /** Of who decided; undefined: they are not known. */
  readonly settingsOf: SettingsOf;
  /** Whoever asks has time until knobs are picked; else they are told from the next time on. */
  readonly waits?: boolean;
  readonly signal: AbortSignal;
  readonly onFault: (target: Target, error: unknown) => void;
}): Counterfactuals => {
  // Each takes a core.
  const inTurn = turnstile(1);
  const knobs = tunedKnobs({ store, inTurn, signal, onFault });
  const judged = remembered((stretch) => inTurn(() => paidIn(store, stretch, 'hold', signal)));

  const asking = (record: DecisionRecord): Asking => {
    const { policy } = record;
    const entry = Object.hasOwn(policies, policy.name) ? policies[policy.name] : undefined;
    if (entry?.asked === undefined) return undefined;
    return entry.asked === 'rule'
      ? { kind: 'rule', rule: { make: entry.make, settings: settingsOf(record) } }
      : { kind: 'lines', solve: entry.asked };
  };

  return counterfactuals({
    store,
    peers: [peerOf('hpa'), peerOf('keda')],
    tuned: [peerOf('hpa', 'hpa-tuned')],
    knobs: waits ? knobs.picking : knobs.picked,
    paid: ({ fromSeconds, ...stretch }) =>
      judged({ ...stretch, fromSeconds: Math.max(fromSeconds, stretch.toSeconds - longestSeconds) }).catch(
        (error) => {
          // Of the store's own faults each has a place of its own: this one says that too little is kept.
          if (error instanceof PortError && error.place === 'store') return undefined;
          throw error;
        },
      ),
    asking,
  });
};
