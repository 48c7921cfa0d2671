import type { Behavior, Past, ScalingPolicyRule, ScalingRules } from '#core/model';

/**
 * `behavior` of autoscaling/v2, as pkg/controller/podautoscaler/horizontal.go applies it: first stabilization over
 * remembered wishes, then rate policies over remembered scalings.
 */
export type Rules = {
  readonly windowSeconds: number;
  readonly select: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicyRule[];
  readonly longestPeriodSeconds: number;
};
export type Rulebook = { readonly up: Rules; readonly down: Rules };

type Recommendations = Past['recommendations'];
type Scalings = Past['scalings'];

/** kube-controller-manager's --horizontal-pod-autoscaler-downscale-stabilization. */
export const downscaleStabilizationSeconds = 300;

const milliseconds = (seconds: number): number => Math.round(seconds * 1000);

const rules = (
  given: ScalingRules | undefined,
  windowSeconds: number,
  policies: ScalingPolicyRule[],
): Rules => {
  const chosen = given?.policies ?? policies;
  return {
    windowSeconds: given?.stabilizationWindowSeconds ?? windowSeconds,
    select: given?.selectPolicy ?? 'Max',
    policies: chosen,
    longestPeriodSeconds: chosen.reduce((longest, rule) => Math.max(longest, rule.periodSeconds), 0),
  };
};

const books = new WeakMap<Behavior, Map<number, Rulebook>>();

/** Fills in what the API server fills in, as soon as `behavior` is present (even as `{}`). */
export const rulebook = (behavior: Behavior, downSeconds = downscaleStabilizationSeconds): Rulebook => {
  let known = books.get(behavior);
  if (known === undefined) {
    known = new Map();
    books.set(behavior, known);
  }
  let book = known.get(downSeconds);
  if (book === undefined) {
    book = {
      up: rules(behavior.scaleUp, 0, [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ]),
      down: rules(behavior.scaleDown, downSeconds, [{ type: 'Percent', value: 100, periodSeconds: 15 }]),
    };
    known.set(downSeconds, book);
  }
  return book;
};

export const within = (atSeconds: number, nowSeconds: number, windowSeconds: number): boolean =>
  milliseconds(atSeconds) > milliseconds(nowSeconds) - milliseconds(windowSeconds);

/** Least wish of the window for ups, greatest for downs; a wish exactly as old as the window no longer counts. */
export const stabilization = (
  current: number,
  past: Recommendations,
  nowSeconds: number,
  book: Rulebook,
): { low: number; high: number } => {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const wish of past) {
    if (within(wish.atSeconds, nowSeconds, book.up.windowSeconds)) least = Math.min(least, wish.replicas);
    if (within(wish.atSeconds, nowSeconds, book.down.windowSeconds))
      greatest = Math.max(greatest, wish.replicas);
  }
  return { low: Math.min(current, greatest), high: Math.max(current, least) };
};

const changeWithin = (past: Scalings, nowSeconds: number, periodSeconds: number): number => {
  let sum = 0;
  for (const s of past) if (within(s.atSeconds, nowSeconds, periodSeconds)) sum += s.change;
  return sum;
};

/** `direction` 1: the most that rate policies allow now; −1: the least. Never on the far side of the current size. */
export const rateLimit = (
  direction: 1 | -1,
  current: number,
  past: Scalings,
  nowSeconds: number,
  { select, policies }: Rules,
): number => {
  if (select === 'Disabled') return current;
  let reach = Number.NaN;
  for (const { type, value, periodSeconds } of policies) {
    const start = current - changeWithin(past, nowSeconds, periodSeconds);
    const proposed =
      type === 'Pods'
        ? start + direction * value
        : direction === 1
          ? Math.ceil(start * (1 + value / 100))
          : Math.trunc(start * (1 - value / 100));
    const further = direction === 1 ? proposed > reach : proposed < reach;
    if (Number.isNaN(reach) || further === (select === 'Max')) reach = proposed;
  }
  if (Number.isNaN(reach)) return current;
  return direction === 1 ? Math.max(current, reach) : Math.min(current, reach);
};

/** The first size that was seen counts as the first wish; the newest wish is kept however old it is. */
export const withRecommendation = (
  past: Recommendations,
  nowSeconds: number,
  replicas: number,
  book: Rulebook,
): Recommendations => {
  const window = Math.max(book.up.windowSeconds, book.down.windowSeconds);
  const kept = past.filter((wish) => within(wish.atSeconds, nowSeconds, window));
  kept.push({ atSeconds: nowSeconds, replicas });
  return kept;
};

/**
 * Upstream keeps scalings in slots and writes over the last slot of the same direction that is older than the
 * longest period of that direction, although the other direction's longer period might still count it.
 */
export const withScaling = (
  past: Scalings,
  nowSeconds: number,
  change: number,
  { up, down }: Rulebook,
): Scalings => {
  if (change === 0) return past;
  const period = milliseconds((change > 0 ? up : down).longestPeriodSeconds);
  const outdated = past.findLastIndex(
    (s) => s.change > 0 === change > 0 && milliseconds(s.atSeconds) < milliseconds(nowSeconds) - period,
  );
  const scaling = { atSeconds: nowSeconds, change };
  return outdated < 0 ? [...past, scaling] : past.with(outdated, scaling);
};
