/** Wishes that may still become the greatest of the window, falling in size; slots are counted from the epoch. */
export type DelayState = readonly { readonly slot: number; readonly pods: number }[];

export type DelayWindow = {
  /** The greatest wish of the window that ends now, this one included. */
  greatest(nowSeconds: number, pods: number): number;
  state(): DelayState;
};

/**
 * pkg/autoscaler/aggregation/max/window.go of Knative Serving: defers scaling down until the delay has passed at the
 * lower size. Time is cut into slots of one tick.
 */
export const delayWindow = (delaySeconds: number, tickSeconds: number, start?: DelayState): DelayWindow => {
  const slots = Math.ceil(delaySeconds / tickSeconds);
  const kept = start === undefined ? [] : start.map(({ slot, pods }) => ({ slot, pods }));
  return {
    greatest: (nowSeconds, pods) => {
      const slot = Math.floor(Math.floor(nowSeconds) / tickSeconds);
      while (kept.length > 0 && kept.at(-1)!.pods <= pods) kept.pop();
      kept.push({ slot, pods });
      while (kept[0]!.slot <= slot - slots) kept.shift();
      return kept[0]!.pods;
    },
    state: () => kept.map(({ slot, pods }) => ({ slot, pods })),
  };
};
