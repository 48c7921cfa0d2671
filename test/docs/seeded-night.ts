import { openStore } from '#adapters/stores/registry';
import { readLoad } from '#cli/load-file';
import { policies } from '#policies/registry';
import { arrivalsOf } from '#simulator/arrivals';
import { simulatedWorld } from '#simulator/world';
import { house } from '#test/house';
import { spec, startAt, target } from '#test/make';
import { noMemory } from '#workflows/memory';
import { turns } from '#workflows/turns';

const seed = 1;
const hourSeconds = 3600;

/** What is decided on three hours of a recorded load. Ids, chance and times come from the seed: each run is the same. */
export const seededNight = async () => {
  const set = spec({ intervalSeconds: 15, maxReplicas: 20 });
  const p95PerSecond = 0.6 * set.maxReplicas * set.capacityPerReplica;
  const day = arrivalsOf(readLoad('llm-diurnal'), { draw: 'lines', seed, p95PerSecond });
  const arrivals = day.subarray(5 * hourSeconds, 8 * hourSeconds);
  const world = simulatedWorld({ arrivals, spec: set, startsAt: startAt, initialReplicas: 7 });
  const endsAt = startAt + arrivals.length;
  const store = await openStore(':memory:');
  let now = startAt;
  const { turn, close } = turns(
    {
      target: target('checkout', 'shop'),
      spec: set,
      mode: 'Auto',
      policy: policies['shadow-q']!.make({ spec: set, seed, settings: {} }),
      ...world.ports(() => now),
      clock: { now: () => now, until: async () => {} },
      memory: noMemory,
    },
    await house({ store, seed }),
  );
  for (; now < endsAt; now += set.intervalSeconds) await turn(now);
  await close(now);
  return { store, endsAt };
};
