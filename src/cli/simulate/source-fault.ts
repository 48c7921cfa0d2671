import type { HistoryOptions } from './own-history.ts';

const howToFindCapacity =
  'the requests per second that one replica serves at 100 % of its CPU request: their rate over the CPU in use ' +
  '(sum(rate(container_cpu_usage_seconds_total{pod=~"web-.*"}[1m])) / the CPU request of one pod), ' +
  'which --capacity-query with that PromQL estimates';

/** What does not go together among the words that say where the load comes from; undefined: nothing. */
export const sourceFault = (
  file: string | undefined,
  options: HistoryOptions & { readonly scaleP95?: number },
  given: (option: string) => boolean,
): string | undefined => {
  const { prometheus, query } = options;
  if ((file === undefined) === (prometheus === undefined))
    return 'give a load, or --prometheus and --query: one of the two';
  if ((prometheus === undefined) !== (query === undefined))
    return '--prometheus and --query go together: where, and what is asked there';
  const idle = ['counter', 'since', 'until', 'step', 'bearerTokenFile', 'timeout'].find(given);
  if (prometheus === undefined && idle !== undefined)
    return `--${idle.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)} is about --prometheus: leave it out`;
  if (prometheus === undefined && options.capacityQuery !== undefined)
    return '--capacity-query asks the Prometheus of --prometheus: give that too, or --capacity';
  if (options.capacityQuery !== undefined && given('capacity'))
    return '--capacity and --capacity-query exclude each other: leave one out';
  const ownRates = prometheus !== undefined || /\.json$/i.test(file!);
  if (ownRates && options.scaleP95 === undefined && !given('capacity') && options.capacityQuery === undefined)
    return `--capacity is missing: give ${howToFindCapacity}`;
  return undefined;
};
