import { policies } from '#policies/registry';
import { demandOpenings } from '#policies/shadow-q/demand-openings';
import type { Store } from '#ports';
import { type Counterfactuals, counterfactuals } from '#workflows/counterfactuals';

/** What was not done, without knobs to pick and days to judge, which take their time. */
export const counterfactualsOf = (store: Pick<Store, 'decisions'>): Counterfactuals =>
  counterfactuals({
    store,
    peers: ['hpa', 'keda'].map((name) => ({ name, make: policies[name]!.make, settings: {} })),
    tuned: [],
    knobs: async () => undefined,
    paid: async () => undefined,
    asking: () => ({ kind: 'lines', solve: demandOpenings }),
  });
