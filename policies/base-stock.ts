import type { PolicyMaker } from '#core/policy';
import { demandSteps, leadSteps } from './demand-steps.ts';
import { type DelayState, delayWindow } from './kpa/delay-window.ts';
import { percentLabel } from './percent-label.ts';
import { rulePolicy } from './rule.ts';
import { number, read } from './settings.ts';
import { slidingQuantile } from './sliding-quantile.ts';

const name = 'base-stock';

export const baseStockSettings = {
  quantile: number('share of lead times in which what is ordered is to suffice', 0.9, { least: 0, most: 1 }),
  utilization: number('requests per second of a replica, as ratio of its capacity', 0.7, {
    least: 0.01,
    most: 10,
  }),
  holdSeconds: number('how long the greatest wish holds the size up', 120, { least: 0, most: 3600 }),
  baseSeconds: number('the present demand is the mean over this time', 30, { least: 1, most: 3600 }),
  memorySeconds: number('how far back growth over the lead time is remembered', 14_400, {
    least: 60,
    most: 604_800,
  }),
};

type State = {
  readonly recent: readonly (number | null)[];
  readonly bases: readonly (number | null)[];
  readonly ratios: readonly number[];
  readonly hold: DelayState;
  readonly lastAt: number | null;
};

const label = percentLabel('stock');
const none: readonly never[] = [];

/** No ratio is taken to less than this share of what a replica can serve: of nothing, anything is a multiple. */
const leastBase = 0.1;

const fromJson = (values: readonly (number | null)[]): number[] => values.map((x) => x ?? Number.NaN);
const toJson = (values: readonly number[]): (number | null)[] =>
  values.map((x) => (Number.isNaN(x) ? null : x));

/**
 * Order up to what a quantile of demand after the lead time needs, the newsvendor's answer:
 *
 *   N = ceil(b·Q_q/(c·u))     Q_q: empirical quantile of W_{m+H}/b_m
 *
 * b is the present demand, H the steps until what is ordered serves. Less is kept only once that was enough for the
 * whole hold time.
 */
export const baseStock: PolicyMaker = ({ spec, settings, snapshot }) => {
  const set = read(name, baseStockSettings, settings);
  const { capacityPerReplica: c, intervalSeconds } = spec;
  const lead = leadSteps(spec);
  const baseSteps = Math.max(1, Math.round(set.baseSeconds / intervalSeconds));
  const remembered = Math.max(1, Math.round(set.memorySeconds / intervalSeconds));

  return rulePolicy<State>(name, { spec, snapshot }, (known) => {
    const recent = fromJson(known?.recent ?? []);
    const bases = fromJson(known?.bases ?? []);
    const growth = slidingQuantile(remembered, known?.ratios);
    const hold = set.holdSeconds > 0 ? delayWindow(set.holdSeconds, intervalSeconds, known?.hold) : undefined;

    const base = (): number => {
      let [sum, seen] = [0, 0];
      for (let i = 0; i < recent.length; i++) {
        if (Number.isNaN(recent[i]!)) continue;
        sum += recent[i]!;
        seen++;
      }
      return seen === 0 ? Number.NaN : sum / seen;
    };

    const steps = demandSteps(
      intervalSeconds,
      (demand) => {
        if (bases.length === lead) {
          const ratio = demand / Math.max(leastBase * c, bases.shift()!);
          if (!Number.isNaN(ratio)) growth.add(ratio);
        }
        recent.push(demand);
        if (recent.length > baseSteps) recent.shift();
        bases.push(base());
      },
      known?.lastAt ?? undefined,
    );

    return {
      decide: (o, legal) => {
        const current = o.replicas.desired;
        steps.look(o.atSeconds, o.demand);
        const ratio = growth.at(set.quantile);
        const need = (base() * (Number.isNaN(ratio) ? 1 : ratio)) / (c * set.utilization);
        const blind = Number.isNaN(need);
        const stock = Math.max(spec.minReplicas, Math.min(Math.ceil(need), spec.maxReplicas));
        const held = blind || hold === undefined ? stock : hold.greatest(o.atSeconds, stock);
        const to = blind ? current : Math.max(legal.low, Math.min(held, legal.high));
        const share = need / Math.max(1, current);
        return {
          action: to - current,
          state: blind ? 'stock=?' : label(Math.floor(100 * share)),
          explored: false,
          reason: blind
            ? 'MissingMetric'
            : to > current
              ? 'MetricAboveTarget'
              : to < current
                ? 'MetricsBelowTarget'
                : stock < to
                  ? 'ScaleDownStabilized'
                  : 'DesiredWithinRange',
          expert: undefined,
          lines: undefined,
          values: blind ? none : [{ option: 'stock', replicas: stock, value: share }],
        };
      },
      state: () => ({
        recent: toJson(recent),
        bases: toJson(bases),
        ratios: growth.values(),
        hold: hold?.state() ?? [],
        lastAt: steps.lastAt(),
      }),
    };
  });
};
