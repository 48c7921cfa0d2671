import { bounds, chain, type Interval, mostReplicas, onlyBounds } from '#core/limit-chain';
import type { Choice, Decision, Legal, Limited, Mode, Observation, Past, Pause, Spec } from '#core/model';
import { emptyPast } from '#core/past';

/**
 * The limit chain. Every limit is a clamp onto an interval that holds the current size. Hence: holding is always legal,
 * the chain is idempotent, its order changes reasons but never the outcome, no action leads further out of [min, max],
 * and a policy that chooses among the legal sizes is not limited at all.
 */

const none: readonly never[] = Object.freeze([]);

/** Intersects intervals around `from`; each that takes sizes away leaves one entry per side, in chain order. */
export const narrow = (from: number, intervals: readonly (Interval | undefined)[]): Legal => {
  const withheld: Limited[] = [];
  let low = 0;
  let high = Math.max(from, mostReplicas);
  for (const i of intervals) {
    if (i === undefined) continue;
    const up = Math.min(i.low, from);
    if (up > low) {
      withheld.push({ step: i.step, from: low, to: up, reason: i.reasonLow });
      low = up;
    }
    const down = Math.max(i.high, from);
    if (down < high) {
      withheld.push({ step: i.step, from: high, to: down, reason: i.reasonHigh });
      high = down;
    }
  }
  return { from, low, high, withheld };
};

const boundsOnly = new WeakMap<Spec, Legal[]>();

/** With trusted metrics and nothing but bounds, what is legal depends on the size alone: one frozen value per size. */
const withinBounds = (from: number, spec: Spec): Legal => {
  let known = boundsOnly.get(spec);
  if (known === undefined) {
    known = [];
    boundsOnly.set(spec, known);
  }
  const found = known[from];
  if (found !== undefined) return found;
  const made = narrow(from, [bounds(undefined as never, spec, emptyPast, none, 'Auto')]);
  Object.freeze(made.withheld);
  if (from <= 10_000) known[from] = Object.freeze(made);
  return made;
};

/** The sizes that are left to a policy, and why not the others. */
export const legal = (
  o: Observation,
  spec: Spec,
  past: Past = emptyPast,
  pauses: readonly Pause[] = none,
  mode: Mode = 'Auto',
): Legal =>
  onlyBounds(o, spec, pauses)
    ? withinBounds(o.replicas.desired, spec)
    : narrow(
        o.replicas.desired,
        chain.map((one) => one(o, spec, past, pauses, mode)),
      );

/** A size that exists; the current one when the policy gives no number. */
const wanted = (choice: Choice, from: number): number => {
  const to = Math.round(from + choice.action);
  return Number.isNaN(to) ? from : Math.max(0, Math.min(to, mostReplicas));
};

/** Walks a wish through the chain; each limit that binds says from where to where. */
export const limit = (choice: Choice, { from, low, high, withheld }: Legal): Decision => {
  let to = wanted(choice, from);
  let limits: readonly Limited[] = none;
  if (to < low || to > high) {
    const bound: Limited[] = [];
    for (const step of withheld) {
      const raises = step.to > step.from;
      if (raises ? to >= step.to : to <= step.to) continue;
      bound.push({ step: step.step, from: to, to: step.to, reason: step.reason });
      to = step.to;
    }
    limits = bound;
  }
  return {
    action: choice.action,
    state: choice.state,
    explored: choice.explored,
    reason: choice.reason,
    expert: choice.expert,
    lines: choice.lines,
    values: choice.values,
    from,
    to,
    limits,
  };
};
