import type { Load } from '#simulator/load';
import { type Cell, loadOf } from './cells.ts';
import type { Entry } from './journal.ts';
import { type Ground, groundOf, verdictOf } from './judge.ts';

export type Outcome = Pick<Entry, 'hoursScored' | 'clairvoyantCost' | 'verdict'>;

/** Runs cells one after the other; the ground of the last one is kept for the next. */
export const cellRunner = (loads: ReadonlyMap<string, Load>) => {
  let kept: { readonly key: string; readonly ground: Ground } | undefined;
  return (cell: Cell): Outcome => {
    if (kept?.key !== cell.groundKey)
      kept = { key: cell.groundKey, ground: groundOf(loadOf(loads.get(cell.load)!, cell), cell.trial) };
    const { ground } = kept;
    const { policy: name, settings } = cell;
    return {
      hoursScored: (ground.arrivals.length - ground.from) / 3600,
      clairvoyantCost: ground.plan.cost,
      verdict: verdictOf(ground, { name, settings }),
    };
  };
};
