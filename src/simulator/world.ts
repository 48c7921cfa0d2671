import type { PodGroup, Replicas, Sample, Spec } from '#core/model';
import { type MetricSource, PortError, type Reading, type Scaler } from '#ports';
import type { Batch } from '#simulator/fleet';
import type { LateTailSettings } from '#simulator/late-tail';
import { type WorkloadSettings, workload } from '#simulator/workload';

export type WorldSettings = {
  /** Arrivals in each second, from `startsAt` on; what is sent again comes on top. */
  readonly arrivals: Float64Array;
  readonly spec: Spec;
  /** Unix second of the first arrival. */
  readonly startsAt?: number;
  /** Absent: enough for the mean of the first 15 s at 60 % of capacity. */
  readonly initialReplicas?: number;
} & Untold;

/** What no spec tells. */
type Untold = LateTailSettings & Pick<WorkloadSettings, 'startUpVariation' | 'retryShare' | 'seed'>;

/** What a reading is to hold besides the demand: building what nobody looks at costs more than a decision. */
export type View = { readonly arrivals: boolean; readonly pods: boolean; readonly samples: boolean };
export const wholeView: View = { arrivals: true, pods: true, samples: true };

/** metrics-server: a 15-s window, as much behind (`--metric-resolution=15s`). */
const podMetric = { ageSeconds: 15, windowSeconds: 15, requestMilli: 1000 };
/** Requests and CPU are means over this time. */
const meanSeconds = 15;
/** Resident memory at rest and what a busy replica and its waiting requests add, as ratios of the limit. */
const memory = { base: 0.3, busy: 0.3, waiting: 0.3 };

const none: readonly PodGroup[] = [];

/** The workload of `workload.ts` behind the ports of a real one. Only what is older than the metric age is visible. */
export const simulatedWorld = ({
  arrivals: given,
  spec,
  startsAt = 0,
  initialReplicas,
  ...untold
}: WorldSettings) => {
  const c = spec.capacityPerReplica;
  const first = given.subarray(0, Math.min(15, given.length));
  const needed = Math.ceil(first.reduce((sum, d) => sum + d, 0) / first.length / (0.6 * c));
  const initial = initialReplicas ?? Math.min(Math.max(needed, spec.minReplicas, 1), spec.maxReplicas);
  const load = workload({
    arrivals: given,
    capacityPerReplica: c,
    sloSeconds: spec.sloSeconds,
    startUpSeconds: spec.startUpSeconds,
    initialReplicas: initial,
    ...untold,
  });
  const { arrivals, advance, now, requests, late } = load;
  const age = spec.metricAgeSeconds;

  const clip = (t: number): number => Math.max(0, Math.min(t, now()));

  const sample = (metric: string, value: number): Sample => ({
    metric,
    value,
    state: 'ok',
    ageSeconds: age,
    source: 'simulated',
  });

  const samplesAt = (t: number, all: boolean): readonly Sample[] => {
    const to = clip(t - age);
    const from = Math.max(0, to - meanSeconds);
    if (to <= from) {
      const empty = { value: undefined, state: 'empty', ageSeconds: age, source: 'simulated' } as const;
      return [
        { metric: 'requests', ...empty },
        { metric: 'cpu', ...empty },
        { metric: 'memory', ...empty },
      ];
    }
    const rate = sample('requests', requests(from, to) / (to - from));
    if (!all) return [rate];
    const used = load.utilization(from, to);
    const waiting = Math.min(1, load.backlog() / Math.max(1, load.ready() * c));
    return [
      rate,
      sample('cpu', used),
      sample('memory', memory.base + memory.busy * used + memory.waiting * waiting),
    ];
  };

  /** Replicas ordered together; `readyAt` undefined: they are starting. */
  const podGroup = (
    { count, orderedAt }: Batch,
    readyAt: number | undefined,
    usageMilli: number | undefined,
    sampleAt: number | undefined,
  ): PodGroup => ({
    count,
    phase: readyAt === undefined ? 'Pending' : 'Running',
    ready: readyAt !== undefined,
    readyTransitionAt: startsAt + (readyAt ?? orderedAt),
    startAt: startsAt + orderedAt,
    deleted: false,
    requestMilli: podMetric.requestMilli,
    usageMilli,
    sampleAt: sampleAt === undefined ? undefined : startsAt + sampleAt,
    windowSeconds: podMetric.windowSeconds,
  });

  const podsAt = (t: number): readonly PodGroup[] => {
    const to = clip(t - podMetric.ageSeconds);
    const from = Math.max(0, to - podMetric.windowSeconds);
    const usageMilli =
      to > from ? Math.floor(load.utilization(from, to) * podMetric.requestMilli) : undefined;
    const { started, starting } = load;
    const pods = new Array<PodGroup>(started.length + starting.length);
    for (let i = 0; i < started.length; i++) {
      const batch = started[i]!;
      const seen = batch.readyAt < to;
      pods[i] = podGroup(batch, batch.readyAt, seen ? usageMilli : undefined, seen ? to : undefined);
    }
    for (let i = 0; i < starting.length; i++)
      pods[started.length + i] = podGroup(starting[i]!, undefined, undefined, undefined);
    return pods;
  };

  /** A few numbers: a view of a typed array takes longer to make than all the rest of a reading. */
  const countsOf = (from: number, to: number): readonly number[] => {
    const counts = new Array<number>(Math.max(0, to - from));
    for (let i = 0; i < counts.length; i++) counts[i] = arrivals[from + i]!;
    return counts;
  };

  /** `at` and `since` are Unix seconds; the workload lives on to `at`. */
  const read = (at: number, since: number | undefined, view: View): Reading => {
    const t = Math.floor(at) - startsAt;
    advance(t);
    const seen = clip(t - age);
    const from = since === undefined ? 0 : clip(since - startsAt);
    const arrived = view.arrivals ? requests(from, seen) : 0;
    return {
      samples: samplesAt(t, view.samples),
      pods: view.pods ? podsAt(t) : none,
      arrivals: view.arrivals
        ? { startsAt: startsAt + from, stepSeconds: 1, counts: countsOf(from, seen) }
        : undefined,
      lateRatio: arrived > 0 ? Math.min(1, late(from, seen) / arrived) : undefined,
    };
  };

  const replicas = (): Replicas & { readonly rollout: boolean } => {
    const last = load.lastScaledAt();
    const desired = load.desired();
    return {
      desired,
      ready: load.ready(),
      starting: desired - load.ready(),
      lastScaledAt: last === undefined ? undefined : startsAt + last,
      rollout: false,
    };
  };

  const scale = (to: number): void => load.scale(to);

  /** The same world as ports; `now` keeps its time. */
  const ports = (now: () => number): { source: MetricSource; scaler: Scaler } => ({
    source: {
      name: 'simulated',
      read: async (_target, at, since, signal) => {
        signal?.throwIfAborted();
        return read(at, since, wholeView);
      },
    },
    scaler: {
      name: 'simulated',
      replicas: async (_target, signal) => {
        signal?.throwIfAborted();
        load.advance(Math.floor(now()) - startsAt);
        return replicas();
      },
      scale: async (_target, _from, to, signal) => {
        signal?.throwIfAborted();
        if (!Number.isInteger(to) || to < 0)
          throw new PortError(
            'simulated',
            `cannot scale to ${to}: replicas must be a whole number, 0 or more`,
          );
        load.advance(Math.floor(now()) - startsAt);
        scale(to);
      },
    },
  });

  return { workload: load, startsAt, endsAt: startsAt + arrivals.length, read, replicas, scale, ports };
};

export type SimulatedWorld = ReturnType<typeof simulatedWorld>;
