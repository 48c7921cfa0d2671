import type { AuditEntry } from '#core/audit';
import type { Target } from '#core/model';
import type { Narrated } from '#core/narrate';
import type { Tally } from '#core/tally';

export type DemandRange = { readonly least: number; readonly most: number; readonly mean: number };

export type Span = { readonly fromSeconds: number; readonly toSeconds: number };

/** A part of a span, counted, and the newest decision at its end. */
export type Part = Span & { readonly tally: Tally; readonly last: Narrated | undefined };

/** All that was read of [fromSeconds, toSeconds) on one target; lists run from the newest to the oldest and may be cut. */
export type Happened = {
  readonly target: Target;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** The newest decision before the span, and the newest in it. */
  readonly before: Narrated | undefined;
  readonly last: Narrated | undefined;
  readonly tally: Tally;
  readonly scaled: readonly Narrated[];
  readonly failed: readonly Narrated[];
  /** Wishes that were not carried out: noted down in Shadow, or waiting for approval. */
  readonly wishes: readonly Narrated[];
  /** The last decision of each doubt and of each other writer, by its mark. */
  readonly witnesses: ReadonlyMap<string, Narrated>;
  /** undefined: no arrivals were counted. */
  readonly demand: DemandRange | undefined;
  /** What people did, the newest first. */
  readonly audits: readonly AuditEntry[];
  /** When the oldest decision fell that is kept. */
  readonly keptFromSeconds: number;
  /** From here on every decision is kept; before it holds were removed. */
  readonly wholeFromSeconds: number;
  /** Where there were too many changes to read: the span in parts, the oldest first. */
  readonly parts: readonly Part[];
};

const daySeconds = 86_400;
/** Steps by which people read a clock. */
const clockSteps = [300, 600, 900, 1800, 3600, 10_800, 21_600, 43_200, daySeconds];
const mostSteps = 8;

/** So long that a span has about eight of them; in whole seconds, so that no step is lost to rounding. */
export const clockStep = (seconds: number): number =>
  clockSteps.find((step) => seconds / step < mostSteps) ??
  daySeconds * Math.ceil(seconds / daySeconds / (mostSteps - 1));

/** A span cut where the clock is at a step. */
export const partsOf = ({ fromSeconds, toSeconds }: Span): readonly Span[] => {
  const step = clockStep(toSeconds - fromSeconds);
  const parts: Span[] = [];
  for (let from = fromSeconds; from < toSeconds; ) {
    const to = Math.min(toSeconds, (Math.floor(from / step) + 1) * step);
    parts.push({ fromSeconds: from, toSeconds: to });
    from = to;
  }
  return parts;
};

/** undefined: nothing was counted. */
export const demandRange = (perSecond: ArrayLike<number>): DemandRange | undefined => {
  let [least, most, sum, counted] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < perSecond.length; i++) {
    const count = perSecond[i]!;
    if (Number.isNaN(count)) continue;
    least = Math.min(least, count);
    most = Math.max(most, count);
    sum += count;
    counted++;
  }
  return counted === 0 ? undefined : { least, most, mean: sum / counted };
};
