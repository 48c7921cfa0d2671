import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JudgeSettings } from '#experiments/judge';
import { PortError } from '#ports';
import { arrivalsOf } from '#simulator/arrivals';
import type { Load } from '#simulator/load';

export const daySeconds = 86_400;
const shortestSeconds = 600;
const presetScaleP95 = 0.6;

/** The day that is shown: a shorter load is shown whole. */
export const dayOf = (load: Load, day: number): Load => {
  const rows = Math.max(1, Math.floor(daySeconds / load.stepSeconds));
  const rps = load.rps.subarray((day - 1) * rows, day * rows);
  const seconds = rps.length * load.stepSeconds;
  if (seconds >= shortestSeconds) return { ...load, rps };
  const days = Math.ceil(load.rps.length / rows);
  throw new PortError(
    'load',
    `${load.name} has ${seconds} s on day ${day}, a demo needs ${shortestSeconds}: its days are 1 to ${days}`,
  );
};

export type Plan = {
  readonly load: Load;
  readonly day: number;
  readonly judge: JudgeSettings;
  readonly arrivals: Float64Array;
  /** Simulated seconds a second. */
  readonly speed: number;
  readonly plannedSeconds: number;
};

export type Wish = {
  readonly day: number;
  readonly seconds: number;
  readonly speed?: number;
  readonly asIs?: true;
};

export const planOf = (whole: Load, { day, seconds, speed, asIs }: Wish, given: JudgeSettings): Plan => {
  const load = dayOf(whole, day);
  const judge = asIs ? given : { ...given, scaleP95: given.scaleP95 ?? presetScaleP95 };
  const { draw, seed, scaleP95, maxReplicas, capacity } = judge;
  const p95PerSecond = scaleP95 === undefined ? undefined : scaleP95 * maxReplicas * capacity;
  const arrivals = arrivalsOf(load, { draw, seed, p95PerSecond });
  const times = speed ?? arrivals.length / seconds;
  return { load, day, judge, arrivals, speed: times, plannedSeconds: arrivals.length / times };
};

export type Place = { readonly store: string; readonly log: string; readonly picture: string };

/** Where a demo leaves things; what an earlier one left there goes. */
export const freshPlace = (directory: string): Place => {
  const at = (name: string): string => join(directory, name);
  try {
    mkdirSync(directory, { recursive: true });
    for (const end of ['', '-wal', '-shm']) rmSync(at(`demo.db${end}`), { force: true });
    writeFileSync(at('demo.log'), '');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new PortError('demo', `${directory} cannot be written (${code}): give another --out`, { cause });
  }
  return { store: at('demo.db'), log: at('demo.log'), picture: at('demo.svg') };
};
