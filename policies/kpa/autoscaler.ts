import { type DelayState, delayWindow } from './delay-window.ts';

/** What of a DeciderSpec decides. Values are requests per second or requests in flight. */
export type DeciderSpec = {
  /** What one pod is to bear, and what it could bear. */
  readonly targetValue: number;
  readonly totalValue: number;
  /** −1: unlimited, the burst capacity is then always −1. */
  readonly targetBurstCapacity: number;
  readonly panicThreshold: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  readonly stableWindowSeconds: number;
  readonly scaleDownDelaySeconds: number;
  readonly activationScale: number;
  readonly reachable: boolean;
};

export type Scaled = {
  valid: boolean;
  pods: number;
  excessBurstCapacity: number;
  panicking: boolean;
  /** What each window calls for, within the rates. */
  stablePods: number;
  panicPods: number;
};

export type AutoscalerState = {
  /** Milliseconds; null: not in panic mode. */
  readonly panicAt: number | null;
  readonly maxPanicPods: number;
  readonly delay: DelayState;
};

/** A decider ticks every 2 s (`tickInterval`). */
export const tickSeconds = 2;

const milliseconds = (seconds: number): number => Math.round(1000 * seconds);

/**
 * `Scale` of pkg/autoscaler/scaling/autoscaler.go of Knative Serving. It begins in panic mode when it finds more than
 * one ready pod, so that a restart does not lose the fleet. The answer is one object, written anew with each call.
 */
export const autoscaler = (
  first: DeciderSpec,
  readyAtCreation: number,
  createdAtSeconds: number,
  start?: AutoscalerState,
) => {
  let spec = first;
  let panicAt =
    start === undefined
      ? readyAtCreation > 1
        ? milliseconds(createdAtSeconds)
        : undefined
      : (start.panicAt ?? undefined);
  let maxPanicPods = start?.maxPanicPods ?? readyAtCreation;
  // As upstream, the delay is fixed when the autoscaler is made; later specs do not change it.
  const delay =
    first.scaleDownDelaySeconds > 0
      ? delayWindow(first.scaleDownDelaySeconds, tickSeconds, start?.delay)
      : undefined;
  const out: Scaled = {
    valid: false,
    pods: 0,
    excessBurstCapacity: 0,
    panicking: false,
    stablePods: 0,
    panicPods: 0,
  };

  const invalid = (): Scaled => {
    out.valid = false;
    out.pods = 0;
    out.excessBurstCapacity = 0;
    out.panicking = panicAt !== undefined;
    return out;
  };

  const excess = (ready: number, panic: number): number => {
    if (spec.targetBurstCapacity === 0) return 0;
    if (spec.targetBurstCapacity < 0) return -1;
    return Math.floor(ready * spec.totalValue - spec.targetBurstCapacity - panic);
  };

  /** undefined: nobody knows the ready pods, or nothing was recorded in the window. */
  const scale = (
    nowSeconds: number,
    stable: number | undefined,
    panic: number | undefined,
    readyPods: number | undefined,
  ): Scaled => {
    if (readyPods === undefined || stable === undefined || panic === undefined) return invalid();
    const now = milliseconds(nowSeconds);
    const ready = Math.max(1, readyPods);
    const most = Math.ceil(spec.maxScaleUpRate * ready);
    const least = spec.reachable ? Math.floor(ready / spec.maxScaleDownRate) : 0;
    const forStable = Math.ceil(stable / spec.targetValue);
    const forPanic = Math.ceil(panic / spec.targetValue);
    let stablePods = Math.min(Math.max(forStable, least), most);
    let panicPods = Math.min(Math.max(forPanic, least), most);
    if (spec.activationScale > 1) {
      if (forStable > 0) stablePods = Math.max(stablePods, spec.activationScale);
      if (forPanic > 0) panicPods = Math.max(panicPods, spec.activationScale);
    }
    if (forPanic / ready >= spec.panicThreshold) panicAt = now;
    else if (panicAt !== undefined && panicAt + milliseconds(spec.stableWindowSeconds) < now) {
      panicAt = undefined;
      maxPanicPods = 0;
    }
    let pods = stablePods;
    if (panicAt !== undefined) {
      maxPanicPods = Math.max(maxPanicPods, stablePods, panicPods);
      pods = maxPanicPods;
    }
    out.valid = true;
    // Nothing is deferred, nor remembered for later, while no route leads here.
    out.pods = delay === undefined || !spec.reachable ? pods : delay.greatest(nowSeconds, pods);
    out.excessBurstCapacity = excess(readyPods, panic);
    out.panicking = panicAt !== undefined;
    out.stablePods = stablePods;
    out.panicPods = panicPods;
    return out;
  };

  return {
    scale,
    update: (next: DeciderSpec): void => {
      spec = next;
    },
    state: (): AutoscalerState => ({
      panicAt: panicAt ?? null,
      maxPanicPods,
      delay: delay?.state() ?? [],
    }),
  };
};
