import { fleet } from '#simulator/fleet';
import { type ServingSettings, serving } from '#simulator/serving';
import { startUps } from '#simulator/start-ups';

export type WorkloadSettings = ServingSettings & {
  readonly startUpSeconds: number;
  /** Coefficient of variation of start-up times, drawn for each replica; absent: all take equally long. */
  readonly startUpVariation?: number | undefined;
  readonly initialReplicas: number;
  /** Of start-up times; absent: 0. */
  readonly seed?: number | undefined;
};

/** Totals since the last `reset`. */
export type Totals = {
  readonly seconds: number;
  readonly requests: number;
  readonly lateRequests: number;
  readonly replicaSeconds: number;
  readonly scalings: number;
  readonly reversals: number;
  readonly violationMinutes: number;
};

/**
 * A workload under load (the queue of src/core/queue.ts behind a start-up delay). At second t: orders that are due
 * become ready, then a decision may fall (`scale`), then the second's requests arrive (`advance`).
 */
export const workload = (settings: WorkloadSettings) => {
  const replicas = fleet(
    settings.initialReplicas,
    startUps(settings.startUpSeconds, settings.startUpVariation, settings.seed),
  );
  const { serve, now, reset, totals: served, arrivals, ...felt } = serving(settings);
  let desired = settings.initialReplicas;
  let lastScaledAt: number | undefined;
  let direction = 0;
  const totals = { seconds: 0, replicaSeconds: 0, scalings: 0, reversals: 0 };

  const advance = (until: number): void => {
    const from = now();
    const end = Math.min(until, arrivals.length);
    if (end <= from) return;
    while (now() < end) {
      serve(Math.min(end, replicas.nextReadyAt()), replicas.ready());
      replicas.becomeReady(now());
    }
    totals.replicaSeconds += desired * (end - from);
    totals.seconds += end - from;
  };

  const scale = (to: number): void => {
    if (to === desired) return;
    const turn = Math.sign(to - desired);
    replicas.change(to - desired, now());
    totals.scalings++;
    if (direction !== 0 && turn !== direction) totals.reversals++;
    direction = turn;
    desired = to;
    lastScaledAt = now();
  };

  return {
    ...felt,
    advance,
    scale,
    now,
    arrivals,
    ended: () => now() >= arrivals.length,
    desired: () => desired,
    ready: replicas.ready,
    lastScaledAt: () => lastScaledAt,
    started: replicas.started,
    starting: replicas.starting,
    totals: (): Totals => ({ ...served, ...totals }),
    reset: (): void => {
      reset();
      totals.seconds = 0;
      totals.replicaSeconds = 0;
      totals.scalings = 0;
      totals.reversals = 0;
    },
  };
};

export type Workload = ReturnType<typeof workload>;
