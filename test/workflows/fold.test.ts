import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pacedClock } from '#adapters/clocks/paced';
import { systemClock } from '#adapters/clocks/system';
import { type Decision, targetKey } from '#core/model';
import { policies } from '#policies/registry';
import { arrivalsOf } from '#simulator/arrivals';
import { parseLoad } from '#simulator/load';
import { simulatedWorld, wholeView } from '#simulator/world';
import { house, watched } from '#test/house';
import { spec, startAt, target } from '#test/make';
import { foldCycle } from '#workflows/control-loop';
import { type Fold, fold } from '#workflows/fold';
import { runLoop } from '#workflows/loop';

const file = new URL('../../experiments/loads/noisy-diurnal.csv', import.meta.url);
const load = parseLoad('noisy-diurnal', readFileSync(file, 'utf8'));
const recorded = arrivalsOf(load, { draw: 'lines', seed: 2, p95PerSecond: 1500 });
const hours = (n: number): Float64Array => recorded.subarray(6 * 3600, (6 + n) * 3600);

const world = (arrivals: Float64Array) => simulatedWorld({ arrivals, spec: spec(), startsAt: startAt });
const policyOf = (name: string) => {
  const { make, simulation } = policies[name]!;
  return make({ spec: spec(), seed: 5, settings: simulation });
};

type Folded = { readonly decisions: readonly Decision[]; readonly world: ReturnType<typeof world> };

/** Folds over these hours, in parts that end at the given seconds. */
const folded = (
  name: string,
  arrivals: Float64Array,
  given: Partial<Fold> = {},
  ends: number[] = [],
): Folded => {
  const decisions: Decision[] = [];
  const here = world(arrivals);
  const go = fold({
    world: here,
    policy: policyOf(name),
    spec: spec(),
    seed: 1,
    target: targetKey(target()),
    view: wholeView,
    learns: true,
    onDecision: (decision) => void decisions.push(decision),
    ...given,
  });
  [...ends, arrivals.length].reduce((from, to) => {
    go(startAt + from, startAt + to);
    return to;
  }, 0);
  return { decisions, world: here };
};

describe('the fold', () => {
  it.each(['hpa', 'q-learning'])(
    'decides as the live loop does on three recorded hours: %s',
    async (name) => {
      const shared = await house({ chain: foldCycle });
      const clock = pacedClock(systemClock(), startAt, Number.POSITIVE_INFINITY);
      const live = world(hours(3));
      await runLoop({
        watched: [watched({ ...live.ports(clock.now), clock, policy: policyOf(name), endsAt: live.endsAt })],
        house: { ...shared, store: { ...shared.store, append: async () => {} } },
        signal: new AbortController().signal,
        onAbandoned: (_, error) => {
          throw error;
        },
      });
      const bare = folded(name, hours(3), { seed: shared.seed });
      expect(bare.decisions).toHaveLength((3 * 3600) / 5);
      expect(shared.seen.map(({ decision }) => decision)).toEqual(bare.decisions);
      expect(live.workload.totals()).toEqual(bare.world.workload.totals());
    },
  );

  it.each(Object.keys(policies))('in parts is the fold in one: %s', (name) => {
    const arrivals = hours(0.5);
    expect(folded(name, arrivals, {}, [300, 602, 1755]).decisions).toEqual(folded(name, arrivals).decisions);
  });

  it.each(Object.entries(policies))(
    'decides the same when %s is shown no more than it looks at',
    (name, { sees, learns }) => {
      const arrivals = hours(0.5);
      expect(folded(name, arrivals, { view: sees, learns }).decisions).toEqual(
        folded(name, arrivals).decisions,
      );
    },
  );
});
