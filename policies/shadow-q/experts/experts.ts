import type { Lines } from '#core/model';
import type { FeatureHistory } from '#policies/shadow-q/experts/two-lines/feature-history';
import { featureCount } from '#policies/shadow-q/experts/two-lines/features';
import { highLine, lowLine } from '#policies/shadow-q/experts/two-lines/lines';
import { type NetEngine, netEngine } from '#policies/shadow-q/experts/two-lines/net';
import type { Kept } from '#policies/shadow-q/kept';
import { copyTo } from '#policies/shadow-q/state';

export const expertNames = ['nets-shipped', 'nets-learned', 'kpa-rule', 'hpa-rule'] as const;
export type ExpertName = (typeof expertNames)[number];

/** An expert names the two lines for the step that has just become visible. */
export type Expert = { readonly name: ExpertName; lines(history: FeatureHistory): Lines };

/** What the experts are to know of the target beside its demand; it may be found to be other than was thought. */
export type Served = {
  readonly capacityPerReplica: number;
  /** How full this service lets a replica be, by how full the usual one does. */
  readonly fullness: number;
};

const kpaUtilization = 0.65;
const hpaUtilization = 0.62;

/** Knative's autoscaler: the mean of a minute at 65 % of capacity, up and down alike. */
export const kpaRule = (served: () => Served): Expert => ({
  name: 'kpa-rule',
  lines: ({ tracker }) => {
    const { capacityPerReplica, fullness } = served();
    const size = Math.ceil(tracker.mean(60) / capacityPerReplica / (kpaUtilization * fullness));
    return { low: size, high: size };
  },
});

/** The HPA: demand now at 62 % of capacity, and down only to the greatest wish of five minutes. */
export const hpaRule = (served: () => Served): Expert => ({
  name: 'hpa-rule',
  lines: ({ tracker }) => {
    const { capacityPerReplica, fullness } = served();
    const sizeOf = (demand: number): number => demand / capacityPerReplica / (hpaUtilization * fullness);
    return { low: sizeOf(tracker.mean(15)), high: sizeOf(tracker.highestOf5Minutes()) };
  },
});

let shared: NetEngine | undefined;
/** One row's room for all nets of the process: each WebAssembly memory reserves address space. */
const engine = (): NetEngine => {
  shared ??= netEngine(1, 1);
  return shared;
};

/** Several nets, their outputs averaged. */
export const netsExpert = (
  name: ExpertName,
  nets: readonly (Float32Array | Kept)[],
  served: () => Served,
): Expert => ({
  name,
  lines: (history) => {
    const { x, o, weights, forward } = engine();
    const newest = history.steps() - 1 - history.firstStep();
    x.set(history.rows().subarray(newest * featureCount, (newest + 1) * featureCount));
    let o0 = 0;
    let o1 = 0;
    for (const net of nets) {
      copyTo(weights[0]!, net);
      forward(0, 1);
      o0 += o[0]!;
      o1 += o[1]!;
    }
    const low = lowLine(o0 / nets.length, history.tracker.scale(), served().capacityPerReplica);
    return { low, high: highLine(low, o1 / nets.length) };
  },
});
