/** How many steps lie ahead until what is ordered now serves: the newest metric is that old, and a start takes its time. */
export const leadSteps = (spec: {
  readonly startUpSeconds: number;
  readonly metricAgeSeconds: number;
  readonly intervalSeconds: number;
}): number => Math.ceil((spec.startUpSeconds + spec.metricAgeSeconds) / spec.intervalSeconds) + 1;

/** More steps than this were not looked at: too long ago to matter. */
const mostGaps = 10_000;

/** Hands on one value a step: NaN for steps without a look and for looks without demand. */
export const demandSteps = (
  intervalSeconds: number,
  onStep: (perSecond: number) => void,
  lastAt = Number.NaN,
) => {
  let last = lastAt;
  return {
    look: (atSeconds: number, demand: number | undefined): void => {
      const passed = Math.round((atSeconds - last) / intervalSeconds);
      for (let i = 1; i < Math.min(passed, mostGaps); i++) onStep(Number.NaN);
      onStep(demand !== undefined && demand >= 0 ? demand : Number.NaN);
      last = atSeconds;
    },
    lastAt: (): number | null => (Number.isNaN(last) ? null : last),
  };
};
