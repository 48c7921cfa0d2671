/** pkg/autoscaler/aggregation/bucketing.go of Knative Serving: what was recorded, in a ring of buckets of one granularity. */
export const aggregations = ['linear', 'weighted-exponential'] as const;
export type Aggregation = (typeof aggregations)[number];

export type BucketSettings = {
  readonly aggregation: Aggregation;
  readonly windowSeconds: number;
  readonly granularitySeconds: number;
};

/** Buckets from the oldest to that of the last write. Times are indices of buckets; null: nothing was written yet. */
export type BucketState = {
  readonly buckets: readonly number[];
  readonly total: number;
  readonly first: number | null;
  readonly last: number | null;
};

export type Buckets = {
  /** A second value in one bucket is added to the first. */
  record(atSeconds: number, value: number): void;
  average(nowSeconds: number): number;
  /** Nothing was recorded within the window. */
  isEmpty(nowSeconds: number): boolean;
  resize(windowSeconds: number, nowSeconds: number): void;
  state(): BucketState;
};

/** A weighted window covers this share of all weights, unless the newest would then weigh less than `leastWeight`. */
const coveredWeight = 0.9999;
const leastWeight = 0.2;

const newestWeight = (buckets: number): number =>
  Math.max(1 - (1 - coveredWeight) ** (1 / buckets), leastWeight);

const sixDigits = (x: number): number => Math.round(x * 1e6) / 1e6;

const orNull = (time: number): number | null => (Number.isFinite(time) ? time : null);

export const buckets = (settings: BucketSettings, start?: BucketState): Buckets => {
  const { aggregation, granularitySeconds: grain } = settings;
  let window = settings.windowSeconds;
  let size = Math.ceil(window / grain);
  let ring = start === undefined ? new Float64Array(size) : Float64Array.from(start.buckets);
  let total = start?.total ?? 0;
  let first = start?.first ?? Number.NEGATIVE_INFINITY;
  let last = start?.last ?? Number.NEGATIVE_INFINITY;
  let weight = newestWeight(size);
  /** Where in the ring the last write is. */
  let place = size - 1;

  const indexOf = (atSeconds: number): number => Math.floor(grain === 1 ? atSeconds : atSeconds / grain);

  /** The place of the bucket `ahead` of the last write, which may be behind it. */
  const placeOf = (ahead: number): number => {
    const at = place + ahead;
    return at < 0 ? at + size : at < size ? at : at - size;
  };

  const emptyNext = (): void => {
    place = placeOf(1);
    total -= ring[place]!;
    ring[place] = 0;
  };

  /** Buckets between the last write and the new one were never written: they hold what was a window ago. */
  const moveTo = (index: number): void => {
    if ((index - last) * grain >= window) {
      first = index;
      ring.fill(0);
      total = 0;
    } else {
      for (let i = last; i < index; i++) emptyNext();
    }
    last = index;
  };

  /** The mean over the buckets since the first write: gaps count as 0, those after the last write not at all. */
  const linear = (now: number): number => {
    const behind = now > last ? now - last : 0;
    if (behind > 0 && behind * grain >= window) return 0;
    let sum = total;
    for (let i = 1; i <= behind; i++) sum -= ring[placeOf(i)]!;
    return sixDigits(sum / Math.min(last - first + 1, size - behind));
  };

  /** Each bucket weighs `1 − weight` of the next newer one; those after the last write count as 0. */
  const weighted = (now: number): number => {
    if ((now - last) * grain > window) return 0;
    const behind = Math.max(0, now - last);
    let factor = weight * (1 - weight) ** behind;
    let sum = 0;
    for (let i = 0; i < size - behind; i++) {
      sum += ring[placeOf(-i)]! * factor;
      factor *= 1 - weight;
    }
    return sum;
  };

  /** From the oldest bucket to that of the last write. */
  const inOrder = (): number[] => Array.from(ring, (_, i) => ring[placeOf(i + 1 - size)]!);

  const resize = (windowSeconds: number, nowSeconds: number): void => {
    if (windowSeconds === window) return;
    const before = inOrder();
    const known = (indexOf(nowSeconds) - last) * grain <= window;
    first = known ? last - (size - 1) : Number.NEGATIVE_INFINITY;
    window = windowSeconds;
    size = Math.ceil(window / grain);
    weight = newestWeight(size);
    ring = new Float64Array(size);
    place = size - 1;
    total = 0;
    if (!known) return;
    for (let i = 1; i <= Math.min(size, before.length); i++) {
      ring[size - i] = before[before.length - i]!;
      total += before[before.length - i]!;
    }
  };

  return {
    record: (atSeconds, value) => {
      const index = indexOf(atSeconds);
      // Nearly always the bucket after the last one.
      if (index - last === 1 && grain < window) {
        emptyNext();
        last = index;
      } else if (index !== last) {
        if (index * grain + window <= last * grain) return;
        if (first === Number.NEGATIVE_INFINITY || first > index) first = index;
        if (index > last) moveTo(index);
      }
      ring[placeOf(index - last)]! += value;
      total += value;
    },
    average: (nowSeconds) =>
      aggregation === 'linear' ? linear(indexOf(nowSeconds)) : weighted(indexOf(nowSeconds)),
    isEmpty: (nowSeconds) => (indexOf(nowSeconds) - last) * grain > window,
    resize,
    state: () => ({ buckets: inOrder(), total, first: orNull(first), last: orNull(last) }),
  };
};
