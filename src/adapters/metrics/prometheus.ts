import type { Calls } from '#core/calls';
import type { Sample, Target } from '#core/model';
import { type MetricSource, PortError } from '#ports';
import { prometheusApi } from './prometheus-api.ts';
import { readArrivals } from './prometheus-arrivals.ts';
import { readSample, signalQueries } from './prometheus-sample.ts';
import {
  checkedSettings,
  type PrometheusSourceSettings,
  prometheusSourceSchema,
  type SignalQuery,
} from './prometheus-settings.ts';
import { fillTemplate } from './promql.ts';

/** Faults of templates, so that they are found before the start and not in a cycle. */
export const templateFaults = (
  queries: Readonly<Record<string, SignalQuery | undefined>>,
): readonly string[] =>
  Object.entries(queries).flatMap(([name, given]) =>
    Object.values(given === undefined ? {} : signalQueries(given)).flatMap((query = '') => {
      try {
        fillTemplate(query, { namespace: 'namespace', kind: 'Deployment', name: 'name' });
        return [];
      } catch (error) {
        return [`queries.${name}: ${(error as Error).message}`];
      }
    }),
  );

/** Any server with Prometheus's HTTP API (Thanos, Mimir, VictoriaMetrics too), one PromQL query per signal. */
export const prometheusSource = (given: PrometheusSourceSettings): MetricSource => {
  const { queries, arrivals, staleAfterSeconds, ...connection } = checkedSettings(
    prometheusSourceSchema,
    given,
  );
  const faults = templateFaults({ ...queries, ...(arrivals && { arrivals: arrivals.query }) });
  if (faults.length > 0) throw new PortError('prometheus', faults.join('; '));
  const api = prometheusApi(connection);

  const samplesOf = (
    target: Target,
    atSeconds: number,
    abort: AbortSignal | undefined,
    calls: Calls | undefined,
  ): Promise<Sample[]> =>
    Promise.all(
      Object.entries(queries).map(([metric, signal]) =>
        readSample({ api, metric, signal, target, atSeconds, staleAfterSeconds }, abort, calls),
      ),
    );

  return {
    name: 'prometheus',
    read: async (target, atSeconds, since, abort, calls) => {
      const [samples, counted] = await Promise.all([
        samplesOf(target, atSeconds, abort, calls),
        arrivals === undefined
          ? undefined
          : readArrivals({ ...arrivals, api, target, atSeconds, since }, abort, calls),
      ]);
      const late = samples.find(({ metric, state }) => metric === 'late' && state === 'ok');
      return {
        samples: counted?.missing === undefined ? samples : [...samples, counted.missing],
        arrivals: counted?.arrivals,
        lateRatio: late?.value,
      };
    },
  };
};
