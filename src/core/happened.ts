import type { Target } from '#core/model';
import type { Narrated } from '#core/narrate';
import type { Tally } from '#core/tally';

/** Something that a person did to a target. */
export type Deed = {
  readonly atSeconds: number;
  readonly by: string;
  /** In words of one line: `keeps it from growing`. */
  readonly did: string;
  readonly why?: string | undefined;
};

export type DemandRange = { readonly least: number; readonly most: number; readonly mean: number };

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
  readonly deeds: readonly Deed[];
};

export const sizeAfter = ({ outcome, decision: { from, to } }: Narrated): number =>
  outcome === 'scaled' ? to : from;

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
