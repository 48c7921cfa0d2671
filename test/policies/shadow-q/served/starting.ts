import type { Observation, Spec } from '#core/model';
import { random } from '#core/random';
import { type StartUpState, startUpMeter } from '#policies/shadow-q/served/start-up';
import { workload } from '#simulator/workload';
import { observation, replicas, spec } from '#test/make';

export type Starting = {
  readonly seconds: number;
  /** How long replicas really take; 45 unless it is given. */
  readonly truth?: number;
  readonly believed?: number;
  readonly intervalSeconds?: number;
  readonly variation?: number;
  readonly seed?: number;
  /** Another size is ordered once in so many looks. */
  readonly rarely?: number;
  /** Each order is taken back after so many looks. */
  readonly takenBackAfter?: number;
  /** Only looks from this second on, and only those before that one. */
  readonly from?: number;
  readonly until?: number;
  /** What becomes of a look before it is shown; undefined: there is none. */
  readonly seen?: (o: Observation) => Observation | undefined;
};

/** A fleet that is sized by chance, whether replicas are starting or not. */
const sizes = (given: Starting, { intervalSeconds }: Spec): readonly Observation[] => {
  const { seconds, truth = 45, variation, seed = 1, rarely = 12, takenBackAfter } = given;
  const rng = random(seed, 0x57);
  const load = workload({
    arrivals: new Float64Array(seconds + 1),
    capacityPerReplica: 50,
    sloSeconds: 0.25,
    startUpSeconds: truth,
    startUpVariation: variation,
    initialReplicas: 10,
    seed,
  });
  const all: Observation[] = [];
  for (let at = 0, k = 0; at < seconds; at += intervalSeconds, k++) {
    load.advance(at);
    const [desired, ready] = [load.desired(), load.ready()];
    all.push(
      observation({ atSeconds: at, replicas: replicas({ desired, ready, starting: desired - ready }) }),
    );
    if (takenBackAfter !== undefined) load.scale(k % (2 * takenBackAfter) < takenBackAfter ? 10 : 15);
    else if (rng.next() < 1 / rarely) load.scale(1 + rng.integer(30));
  }
  return all;
};

/** The meter after all of these looks, and what it would have had believed after each of them. */
export const watchedStarts = (given: Starting, start?: StartUpState) => {
  const { believed = 45, intervalSeconds = 5, from = 0, until = Number.POSITIVE_INFINITY } = given;
  const told = spec({ startUpSeconds: believed, intervalSeconds });
  const meter = startUpMeter(told, start);
  const estimates = new Set<number>();
  for (const look of sizes(given, told)) {
    const o = look.atSeconds >= from && look.atSeconds < until ? (given.seen ?? ((x) => x))(look) : undefined;
    if (o !== undefined) meter.see(o);
    estimates.add(meter.estimate(believed));
  }
  return { meter, estimate: meter.estimate(believed), estimates: [...estimates] };
};
