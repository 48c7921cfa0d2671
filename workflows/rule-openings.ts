import type { Opening } from '#core/gate';
import type { Solve } from '#core/gates';
import type { Observation, Sample } from '#core/model';
import { openingValue, rateSteps } from '#core/opening-value';
import type { Peer } from '#core/others';
import { withPods } from '#core/rebuilt-pods';
import type { DecisionRecord } from '#ports';
import { choiceOf, livedThrough } from '#workflows/others';

/** Longer than any window of a rule that is asked when it would let go. */
const longestWaitSeconds = 3600;

/** An HPA reads whole thousandths of a core. */
const cpuSteps = 1000;

const mapped = (o: Observation, metric: string, value: (sample: Sample) => number): readonly Sample[] =>
  o.samples.map((sample) =>
    sample.metric === metric && sample.value !== undefined ? { ...sample, value: value(sample) } : sample,
  );

const withDemand = (o: Observation, demand: number): Observation => ({
  ...o,
  demand,
  samples: mapped(o, 'requests', () => demand),
});

const cpuOf = ({ samples }: Observation): number | undefined =>
  samples.find(({ metric, state }) => metric === 'cpu' && state === 'ok')?.value;

/** Every pod's use in the same proportion. */
const withCpu = (o: Observation, cpu: number, to: number): Observation => ({
  ...o,
  samples: mapped(o, 'cpu', () => to),
  pods: o.pods?.map((pod) => ({
    ...pod,
    usageMilli: pod.usageMilli === undefined ? undefined : Math.floor((pod.usageMilli * to) / cpu + 1e-6),
  })),
});

/**
 * At what demand, CPU or time a rule would want `goal`: the rule itself, with what it remembers of the looks before, is asked
 * over and over. Exact where it also says what the record says; a rule whose settings or pods were other ones gives an
 * estimate.
 */
export const ruleOpenings = (
  rule: Pick<Peer, 'make' | 'settings'>,
  before: readonly DecisionRecord[],
): Solve => {
  return ({ observation, decision, spec }, goal, up) => {
    const snapshot = { ...livedThrough(rule, before, spec).snapshot(), version: 0 };
    const chosen = (o: Observation) =>
      choiceOf(rule.make({ spec, seed: 0, settings: rule.settings, snapshot }), o, spec);
    const { o } = withPods(observation, spec);
    const opens = (seen: Observation): boolean => {
      const wish = decision.from + chosen(seen).action;
      return up ? wish >= goal : wish <= goal;
    };
    const now = chosen(o);
    const exact = now.action === decision.action && now.reason === decision.reason;
    const known = exact ? undefined : 'it remembers no more than the record shows';
    const is = up ? ('at least' as const) : ('at most' as const);
    /** With more or fewer requests, or busier or idler pods, than were seen. */
    const otherwise = (from: Observation, given: string | undefined): readonly Opening[] => {
      const found: Opening[] = [];
      const demand = openingValue(from.demand ?? 0, up, rateSteps, (value) => opens(withDemand(from, value)));
      if (demand !== undefined)
        found.push({ of: 'demand', value: demand, unit: 'per-second', is, exact, given });
      const cpu = cpuOf(from);
      const busy =
        cpu !== undefined && cpu > 0
          ? openingValue(cpu, up, cpuSteps, (value) => opens(withCpu(from, cpu, value)))
          : undefined;
      if (busy !== undefined) found.push({ of: 'cpu', value: busy, unit: 'ratio', is, exact, given });
      return found;
    };
    const found = otherwise(o, known);
    if (found.length > 0) return found;
    const step = spec.intervalSeconds;
    for (let at = o.atSeconds + step; at <= o.atSeconds + longestWaitSeconds; at += step) {
      if (!opens({ ...o, atSeconds: at })) continue;
      const same = 'the same is seen until then';
      return [{ of: 'time', value: Math.ceil(at), unit: 'time', is: 'at least', exact, given: same }];
    }
    const forgotten = { ...o, atSeconds: o.atSeconds + longestWaitSeconds };
    return otherwise(forgotten, 'it lasts until larger sizes are forgotten');
  };
};
