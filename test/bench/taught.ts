import { inLineLearner } from '#adapters/learners/in-line';
import { decodeFloat64, encodeFloats } from '#core/encoding';
import type { Spec } from '#core/model';
import { roundWork } from '#policies/shadow-q/experts/two-lines/round';
import type { SnapshotData } from '#policies/shadow-q/recall';
import { shadowQ } from '#policies/shadow-q/shadow-q';
import type { Store } from '#ports';
import { target } from '#test/make';
import { keepPast } from '#test/past';

const fewRounds = 3;
/** From this number of rounds on they are as few and as short as they will be. */
const manyRounds = 20;
const everySeconds = 1800;

/** Targets `web-0` … with a past, whose nets have learnt from it; their next rounds fall evenly over half an hour. */
export const keepTaught = async (
  store: Store,
  count: number,
  spec: Spec,
  counts: Float32Array,
  endsAt: number,
) => {
  const history = { startsAt: endsAt - counts.length, counts };
  const policy = shadowQ({ spec, seed: 1, settings: {}, history, beside: true });
  const learner = inLineLearner(roundWork);
  const rounds = policy.rounds!;
  for (let round = 0; round < fewRounds; round++) {
    rounds.end(await learner.learn(rounds.begin(), async () => {}));
    rounds.settle();
  }
  const snapshot = policy.snapshot();
  const data = snapshot.data as SnapshotData;
  for (let n = 0; n < count; n++) {
    const of = { cluster: 'local', target: target(`web-${n}`), spec, n };
    await keepPast(store, of, counts, endsAt);
    // [rounds finished, steps left in this round, second of the next round, …]
    const scalars = decodeFloat64(data.state.learnerScalars!);
    scalars[0] = manyRounds;
    scalars[2] = counts.length + (everySeconds * n) / count;
    const state = { ...data.state, learnerScalars: encodeFloats(scalars) };
    await store.saveSnapshot({ ...of, policy: 'shadow-q' }, { ...snapshot, data: { ...data, state } });
  }
};
