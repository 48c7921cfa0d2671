import type { Lines } from '#core/model';
import { calm } from '#policies/shadow-q/experts/two-lines/lines';
import { economyOf } from '#policies/shadow-q/mind-settings';
import { shadow } from '#policies/shadow-q/shadow';
import type { Done, Seen } from './what-was-done.ts';

const isDrawn = (lines: Lines | undefined): lines is Lines =>
  lines !== undefined && Number.isFinite(lines.low + lines.high);

/**
 * The sizes as the policy wanted them. Lines do not hang on the size: a fleet of its own follows them from where it was,
 * whatever limits, a mode or somebody else made of the real one. Without lines a wish stands as it was uttered at the size
 * that was there.
 */
export const whatWasWanted = (seen: readonly Seen[]): Done['sizes'] => {
  const [first] = seen;
  if (first === undefined) return [];
  const own = shadow(economyOf(seen.at(-1)!.spec), 0, calm);
  own.start(first.decision.from);
  return seen.map(({ atSeconds, decision: { lines, from, action } }, step) => {
    if (isDrawn(lines)) return { atSeconds, replicas: own.decide(step, lines.low, lines.high) };
    own.start(from + action);
    return { atSeconds, replicas: from + action };
  });
};
