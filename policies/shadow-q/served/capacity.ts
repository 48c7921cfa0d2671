import type { Observation, Sample, Spec } from '#core/model';
import { quantile } from '#core/statistics';
import type { Steadiness } from '#policies/shadow-q/served/steadiness';

export type CapacityState = { readonly candidates: readonly number[]; readonly medians: readonly number[] };

/** CPU and requests are means over about this time. */
const windowSeconds = 15;
/** An idle replica's CPU is not that of requests, a full one's requests wait. */
const idlest = 0.15;
const fullest = 0.9;
/** A block that has fewer goes on into the next. */
const leastCandidates = 8;
/** An hour of blocks: half of it may be wrong. */
const keptBlocks = 12;

const good = ({ state, value, ageSeconds }: Sample, spec: Spec): boolean =>
  state === 'ok' &&
  Number.isFinite(value) &&
  value! > 0 &&
  ageSeconds <= spec.metricAgeSeconds + spec.intervalSeconds;

/**
 * What a replica serves at 100 % CPU, as it is seen: requests a second by utilisation and ready replicas, while
 * their number stays the same. The median of the medians of blocks.
 */
export const capacityMeter = (spec: Spec, start?: CapacityState) => {
  let candidates = [...(start?.candidates ?? [])];
  let medians = start?.medians ?? [];
  const middle = (): number | undefined => (medians.length === 0 ? undefined : quantile(medians, 0.5));
  let estimate = middle();
  return {
    see: (o: Observation, fleet: Steadiness): void => {
      const cpu = o.samples.find(({ metric }) => metric === 'cpu');
      const requests = o.samples.find(({ metric }) => metric === 'requests');
      if (cpu === undefined || requests === undefined || !good(cpu, spec) || !good(requests, spec)) return;
      const ready = fleet.since(o.atSeconds - cpu.ageSeconds - windowSeconds);
      if (ready === undefined || cpu.value! < idlest || cpu.value! > fullest) return;
      candidates.push(requests.value! / (cpu.value! * ready));
    },
    endBlock: (): void => {
      if (candidates.length < leastCandidates) return;
      medians = [...medians, quantile(candidates, 0.5)].slice(-keptBlocks);
      candidates = [];
      estimate = middle();
    },
    /** Requests a second; undefined while too little was seen. */
    estimate: (): number | undefined => estimate,
    state: (): CapacityState => ({ candidates, medians }),
  };
};
