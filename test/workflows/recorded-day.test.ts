import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pacedClock } from '#adapters/clocks/paced';
import { systemClock } from '#adapters/clocks/system';
import { type Decision, targetKey } from '#core/model';
import { policies } from '#policies/registry';
import { arrivalsOf } from '#simulator/arrivals';
import { parseLoad } from '#simulator/load';
import { simulatedWorld } from '#simulator/world';
import { house, watched } from '#test/house';
import { spec, startAt, target } from '#test/make';
import { controlLoop } from '#workflows/control-loop';
import { fold } from '#workflows/fold';
import { runLoop } from '#workflows/loop';

const daySeconds = 86_400;
const file = new URL('../../experiments/loads/diurnal-web.csv', import.meta.url);
const drawn = { draw: 'lines', seed: 1, p95PerSecond: 0.6 * 50 * 50 } as const;
const arrivals = arrivalsOf(parseLoad('diurnal-web', readFileSync(file, 'utf8')), drawn).subarray(
  0,
  daySeconds,
);

const world = () => simulatedWorld({ arrivals, spec: spec(), startsAt: startAt });
const policy = () => policies['shadow-q']!.make({ spec: spec(), seed: 5, settings: {} });

test('shadow-q decides alike in the graph and in the fold on a whole recorded day', async () => {
  const shared = await house({ chain: controlLoop });
  const clock = pacedClock(systemClock(), startAt, Number.POSITIVE_INFINITY);
  const live = world();
  await runLoop({
    watched: [watched({ ...live.ports(clock.now), clock, policy: policy(), endsAt: live.endsAt })],
    // The records are compared as they are told: keeping 17280 of them is another test's matter.
    house: { ...shared, store: { ...shared.store, append: async () => {} } },
    signal: new AbortController().signal,
    onAbandoned: (_, error) => {
      throw error;
    },
  });

  const folded: Decision[] = [];
  const bare = world();
  fold({
    world: bare,
    policy: policy(),
    spec: spec(),
    seed: shared.seed,
    target: targetKey(target()),
    view: { arrivals: true, pods: true, samples: true },
    learns: true,
    onDecision: (decision) => void folded.push(decision),
  })(bare.startsAt, bare.endsAt);

  expect(folded).toHaveLength(daySeconds / 5);
  const different = shared.seen.filter(
    (record, i) => JSON.stringify(record.decision) !== JSON.stringify(folded[i]),
  );
  expect(different).toEqual([]);
  expect(live.workload.totals()).toEqual(
    expect.objectContaining({ scalings: bare.workload.totals().scalings }),
  );
}, 1_800_000);
