import type { TrialSettings } from '#experiments/judge';
import type { Load } from '#simulator/load';

/** Peers want some 60 % of a replica used: a fleet that is smaller than that never catches up. */
const usualTarget = 0.6;
const noticeableShare = 0.01;

/** What makes the figures worth little: a fleet that cannot serve the load, a service slower than the SLO. */
export const doubts = ({ rps }: Load, settings: TrialSettings): readonly string[] => {
  const { maxReplicas, capacity, sloSeconds = 0.25, scaleP95 } = settings;
  const said: string[] = [];
  const peak = rps.reduce((most, rate) => Math.max(most, rate), 0);
  if (scaleP95 === undefined && peak > maxReplicas * capacity)
    said.push(
      `The highest rate, ${peak.toFixed(1)}/s, is more than ${maxReplicas} replicas of ${capacity}/s serve: ` +
        `raise --max-replicas to ${Math.ceil(peak / capacity / usualTarget)}.`,
    );
  // A request to an idle replica takes 1/capacity in the mean, exponentially distributed.
  const idleLate = Math.exp(-sloSeconds * capacity);
  if (idleLate > noticeableShare)
    said.push(
      `By the law of late requests ${(100 * idleLate).toFixed(0)} % are late even on idle replicas, for ${capacity}/s mean ` +
        `${(1000 / capacity).toFixed(0)} ms each and --slo-seconds is ${sloSeconds}: raise it to what your users accept.`,
    );
  return said;
};

/** On what ground the policies stood. */
export const groundText = (s: TrialSettings): string =>
  `One replica: ${s.capacity} requests/s, ready after ${s.startUpSeconds} s (--start-up-seconds); at most ${s.maxReplicas} (--max-replicas). ` +
  `shadow-q decides each ${s.intervalSeconds} s on metrics ${s.metricAge} s old (--interval-seconds, --metric-age), the others at their own pace.`;
