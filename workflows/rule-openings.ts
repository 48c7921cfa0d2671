import type { Opening } from '#core/gate';
import type { Solve } from '#core/gates';
import type { Observation, Sample } from '#core/model';
import { openingValue, rateSteps } from '#core/opening-value';
import type { PolicyMaker, PolicySettings } from '#core/policy';
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

export type Rule = {
  readonly make: PolicyMaker;
  /** Undefined: they are not known, and the usual ones stand for them. */
  readonly settings: PolicySettings | undefined;
};

/**
 * At what demand, CPU or time a rule would want `goal`: the rule itself, with what it remembers of the looks before, is asked
 * over and over. Exact where its settings are known and it says what the record says; else its pods, or what it remembers,
 * were other ones, and this is an estimate.
 */
export const ruleOpenings = ({ make, settings: given }: Rule, before: readonly DecisionRecord[]): Solve => {
  const settings = given ?? {};
  return ({ observation, decision, spec }, goal, up) => {
    const snapshot = { ...livedThrough({ make, settings }, before, spec).snapshot(), version: 0 };
    const chosen = (o: Observation) => choiceOf(make({ spec, seed: 0, settings, snapshot }), o, spec);
    const { o } = withPods(observation, spec);
    const opens = (seen: Observation): boolean => {
      const wish = decision.from + chosen(seen).action;
      return up ? wish >= goal : wish <= goal;
    };
    const now = chosen(o);
    const isItself = now.action === decision.action && now.reason === decision.reason;
    const exact = given !== undefined && isItself;
    const assumed =
      given === undefined
        ? 'its settings are the usual ones'
        : isItself
          ? undefined
          : 'it remembers no more than the record shows';
    const is = up ? ('at least' as const) : ('at most' as const);
    /** With more or fewer requests, or busier or idler pods, than were seen. */
    const otherwise = (from: Observation, granted: string | undefined): readonly Opening[] => {
      const found: Opening[] = [];
      const demand = openingValue(from.demand ?? 0, up, rateSteps, (value) => opens(withDemand(from, value)));
      if (demand !== undefined)
        found.push({ of: 'demand', value: demand, unit: 'per-second', is, exact, given: granted });
      const cpu = cpuOf(from);
      const busy =
        cpu !== undefined && cpu > 0
          ? openingValue(cpu, up, cpuSteps, (value) => opens(withCpu(from, cpu, value)))
          : undefined;
      if (busy !== undefined)
        found.push({ of: 'cpu', value: busy, unit: 'ratio', is, exact, given: granted });
      return found;
    };
    const found = otherwise(o, assumed);
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
