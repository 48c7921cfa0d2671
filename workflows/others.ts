import { limitsByStep } from '#core/limit-chain';
import { narrow } from '#core/limits';
import type { Choice, Legal, Observation, Spec } from '#core/model';
import type { Other, Others, Peer } from '#core/others';
import { emptyPast } from '#core/past';
import type { Policy, PolicySettings } from '#core/policy';
import { random } from '#core/random';
import { withPods } from '#core/rebuilt-pods';
import type { DecisionRecord } from '#ports';

/** The longest that an HPA remembers by itself, and what KEDA waits before it goes to zero, with a poll to spare. */
export const peerPastSeconds = 300 + 30;

/** Rules throw no dice. */
const rng = random(0);

/** Others obey the bounds, and none of our other limits. */
const boundsOnly = (o: Observation, spec: Spec): Legal =>
  narrow(o.replicas.desired, [limitsByStep.bounds(o, spec, emptyPast, [], 'Auto')]);

export const choiceOf = (policy: Policy, o: Observation, spec: Spec): Choice =>
  policy.decide(o, boundsOnly(o, spec), rng);

/** The last record and, before it, those that lie at least an interval apart, the oldest first: when a peer would have looked. */
const looksOf = (records: readonly DecisionRecord[], intervalSeconds: number): readonly DecisionRecord[] => {
  const looks: DecisionRecord[] = [];
  for (let i = records.length - 1; i >= 0; i--) {
    const next = looks.at(-1);
    // Cycles fall a little early or late.
    if (next === undefined || next.atSeconds - records[i]!.atSeconds >= intervalSeconds - 0.5)
      looks.push(records[i]!);
  }
  return looks.reverse();
};

/** What is behind a peer when it looks for the last time. */
export const livedThrough = (
  { make, settings }: Pick<Peer, 'make' | 'settings'>,
  looks: readonly DecisionRecord[],
  spec: Spec,
): Policy => {
  const policy = make({ spec, seed: 0, settings });
  for (const { observation } of looks) choiceOf(policy, withPods(observation, spec).o, spec);
  return policy;
};

const asked = (peer: Peer, records: readonly DecisionRecord[]): Other => {
  const { name, settings } = peer;
  const last = records.at(-1)!;
  const intervalSeconds = peer.intervalSeconds ?? last.spec.intervalSeconds;
  const spec = { ...last.spec, intervalSeconds };
  const policy = livedThrough(peer, looksOf(records, intervalSeconds).slice(0, -1), spec);
  const { action, reason } = choiceOf(policy, withPods(last.observation, spec).o, spec);
  return { name, kind: 'autoscaler', settings, to: last.decision.from + action, reason };
};

const untuned = ({ name }: Peer): Other => ({
  name,
  kind: 'autoscaler',
  settings: {},
  to: undefined,
  reason: 'its knobs are not picked yet',
});

/** Each option of a policy that has several minds. */
const experts = ({ decision: { expert, values } }: DecisionRecord): readonly Other[] =>
  expert === undefined
    ? []
    : values.map(({ option, replicas, value }) => ({
        name: option,
        kind: 'expert',
        settings: {},
        to: replicas,
        worth: value,
      }));

/** A peer whose knobs are picked on the target's own demand; undefined: they are not picked yet. */
export type Tuned = { readonly peer: Peer; readonly settings: PolicySettings | undefined };

/**
 * What others would have done in place of the last of these records. Each begins with what it would remember: its own
 * wishes on the looks before, at the sizes that were there.
 */
export const othersOn = (
  records: readonly DecisionRecord[],
  peers: readonly Peer[],
  tuned: readonly Tuned[],
): Others => {
  const record = records.at(-1)!;
  const { decision, outcome, observation, spec } = record;
  const before = records.slice(0, -1);
  return {
    from: decision.from,
    to: decision.to,
    outcome,
    reason: decision.reason,
    others: [
      ...peers.map((peer) => asked(peer, records)),
      ...tuned.map(({ peer, settings }) =>
        settings === undefined ? untuned(peer) : asked({ ...peer, settings }, records),
      ),
      ...experts(record),
    ],
    looks: before.length,
    rebuilt: before.filter((each) => withPods(each.observation, spec).basis !== 'pods').length,
    basis: withPods(observation, spec).basis,
  };
};
