import { policies } from '#policies/registry';
import { house } from '#test/house';
import { spec, startAt, target } from '#test/make';
import { smallWorld } from '#test/small-world';
import { controlLoop } from '#workflows/control-loop';
import { noMemory } from '#workflows/memory';
import { type House, turns, type Watched } from '#workflows/turns';

const intervalSeconds = 5;

/** `shadow-q`, learning, by the graph in a small world that lasts so many cycles; each `turn` is the next. */
export const smallLoop = async (
  cycles: number,
  { onKept, ...shared }: Partial<House> & Pick<Watched, 'onKept'>,
) => {
  const world = smallWorld(cycles * intervalSeconds);
  let now = startAt;
  const { turn } = turns(
    {
      target: target(),
      spec: spec(),
      mode: 'Auto',
      policy: policies['shadow-q']!.make({ spec: spec(), seed: 1, settings: {} }),
      ...world.ports(() => now),
      clock: { now: () => now, until: async () => {} },
      memory: noMemory,
      ...(onKept !== undefined && { onKept }),
    },
    await house({ chain: controlLoop, ...shared }),
  );
  return async (): Promise<void> => {
    await turn(now);
    now += intervalSeconds;
  };
};
