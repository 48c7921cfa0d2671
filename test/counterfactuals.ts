import { peerOf } from '#cli/counterfactuals';
import { demandOpenings } from '#policies/shadow-q/demand-openings';
import {
  type CounterfactualSettings,
  type Counterfactuals,
  counterfactuals,
} from '#workflows/counterfactuals';

/** What was not done, without knobs to pick and days to judge, which take their time. */
export const counterfactualsOf = (
  store: CounterfactualSettings['store'],
  given: Partial<CounterfactualSettings> = {},
): Counterfactuals =>
  counterfactuals({
    store,
    peers: [peerOf('hpa'), peerOf('keda')],
    tuned: [],
    knobs: async () => undefined,
    paid: async () => undefined,
    asking: () => ({ kind: 'lines', solve: demandOpenings }),
    ...given,
  });
