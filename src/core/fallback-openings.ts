import { fallback } from '#core/doubt';
import type { Opening } from '#core/gate';
import type { Solve } from '#core/gates';
import type { Observation } from '#core/model';
import { openingValue } from '#core/opening-value';

/** CPU and memory are told in thousandths. */
const steps = 1000;

const withSample = (o: Observation, metric: string, value: number): Observation => ({
  ...o,
  samples: o.samples.map((sample) => (sample.metric === metric ? { ...sample, value } : sample)),
});

/** While demand is missing the rule of the HPA decides, on what is left; it never lowers. */
export const fallbackOpenings: Solve = ({ observation: o, spec }, goal, up) =>
  (up ? (['cpu', 'memory'] as const) : []).flatMap((metric): readonly Opening[] => {
    const now = o.samples.find((sample) => sample.metric === metric && sample.state === 'ok')?.value;
    if (now === undefined || !(now >= 0)) return [];
    const value = openingValue(
      now,
      true,
      steps,
      (to) => o.replicas.desired + fallback(withSample(o, metric, to), spec).action >= goal,
    );
    return value === undefined ? [] : [{ of: metric, value, unit: 'ratio', is: 'at least', exact: true }];
  });
