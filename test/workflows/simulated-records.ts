import type { Spec } from '#core/model';
import { policies } from '#policies/registry';
import type { Store } from '#ports';
import { house, watched } from '#test/house';
import { spec, startAt } from '#test/make';
import type { Watched } from '#workflows/turns';
import { turns } from '#workflows/turns';

/** What a policy did in a small world, on a real store; `seen` holds the records whole, as they were before they were kept. */
export const simulatedRecords = async (
  name: string,
  given: {
    readonly seconds?: number;
    readonly spec?: Partial<Spec>;
    readonly mode?: Watched['mode'];
    readonly pauses?: Watched['pauses'];
    readonly store?: Store;
  } = {},
) => {
  const { seconds = 1800, mode = 'Auto', pauses, store } = given;
  const { make, intervalSeconds = 5 } = policies[name]!;
  const set = spec({ intervalSeconds, ...given.spec });
  const all = await house(store === undefined ? {} : { store });
  const policy = make({ spec: set, seed: 1, settings: {} });
  const one = watched({ seconds, spec: set, policy, mode, ...(pauses && { pauses }) });
  const { turn, close } = turns(one, all);
  for (let at = startAt; at < startAt + seconds; at += set.intervalSeconds) {
    await one.clock.until(at);
    await turn(at);
  }
  await close(startAt + seconds);
  return { store: all.store, seen: all.seen, spec: set };
};
