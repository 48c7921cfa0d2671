import { Cron } from 'croner';
import type { ScheduleWindow } from '#core/circumstances';

/** Bounds that hold from each `start` to the next `end`: cron patterns of five fields, on the clock of a time zone. */
export type Schedule = ScheduleWindow & {
  readonly start: string;
  readonly end: string;
  /** An IANA name. */
  readonly timeZone?: string | undefined;
};

export type ScheduleFault = {
  /** `schedules[0].start` */
  readonly path: string;
  readonly value: string;
  readonly problem: string;
  readonly mend: string;
};

type Window = { readonly bounds: ScheduleWindow; readonly starts: Cron; readonly ends: Cron };

const defaultZone = 'UTC';

const zoneExists = (timeZone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
};

/** Does not run anything: it is only asked when it would. Of an hour that a change of the clock repeats, the first counts. */
const cron = (pattern: string, timezone: string): Cron =>
  new Cron(pattern, { timezone, paused: true, mode: '5-part' });

const cronOrProblem = (pattern: string, zone: string): Cron | string => {
  // croner takes dates too.
  if (!/^\s*(@\w+|\S+(\s+\S+){4})\s*$/.test(pattern)) return 'has not five fields';
  try {
    const parsed = cron(pattern, zone);
    return parsed.nextRun(new Date(0)) === null ? 'never comes' : parsed;
  } catch (error) {
    return `is no cron pattern (${(error as Error).message.replace(/^\w+: /, '')})`;
  }
};

const comparedRuns = 10;

/** Whether two patterns name the same times, however they are written. */
const alike = (a: Cron, b: Cron): boolean => {
  const times = (one: Cron): string => one.nextRuns(comparedRuns, new Date(0)).map(Number).join();
  return times(a) === times(b);
};

const faultsIn = (schedule: Schedule, path: string): readonly ScheduleFault[] => {
  const { start, end, timeZone, minReplicas, maxReplicas } = schedule;
  if (timeZone !== undefined && !zoneExists(timeZone)) {
    const mend = 'give an IANA name such as Europe/Berlin';
    return [{ path: `${path}.timeZone`, value: timeZone, problem: 'is no known time zone', mend }];
  }
  const zone = timeZone ?? defaultZone;
  const [starts, ends] = [cronOrProblem(start, zone), cronOrProblem(end, zone)];
  const faults: ScheduleFault[] = [];
  const mend = 'give minute, hour, day of month, month and day of week, such as "0 8 * * MON-FRI"';
  if (typeof starts === 'string') faults.push({ path: `${path}.start`, value: start, problem: starts, mend });
  if (typeof ends === 'string') faults.push({ path: `${path}.end`, value: end, problem: ends, mend });
  if (typeof starts !== 'string' && typeof ends !== 'string' && alike(starts, ends))
    faults.push({
      path: `${path}.end`,
      value: end,
      problem: 'names the times of start, so the window is never open',
      mend: 'give a later time',
    });
  if (minReplicas === undefined && maxReplicas === undefined)
    faults.push({
      path,
      value: schedule.name,
      problem: 'bounds nothing',
      mend: 'give minReplicas, maxReplicas or both',
    });
  return faults;
};

/** All that keeps schedules from being followed. */
export const scheduleFaults = (
  schedules: readonly Schedule[],
  path = 'schedules',
): readonly ScheduleFault[] => schedules.flatMap((schedule, i) => faultsIn(schedule, `${path}[${i}]`));

/** The newest run until `atSeconds`, that moment included. Runs are on whole minutes. */
const newestRun = (runs: Cron, atSeconds: number): number => {
  const [newest] = runs.previousRuns(1, new Date((Math.floor(atSeconds) + 1) * 1000));
  return newest === undefined ? Number.NEGATIVE_INFINITY : newest.getTime() / 1000;
};

const isOpen = ({ starts, ends }: Window, atSeconds: number): boolean =>
  newestRun(starts, atSeconds) > newestRun(ends, atSeconds);

const bound = (values: readonly (number | undefined)[], pick: (...given: number[]) => number) => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : pick(...known);
};

/** Where windows overlap the greatest floor and the least ceiling hold; of a floor above the ceiling, the floor. */
const merged = (windows: readonly ScheduleWindow[]): ScheduleWindow | undefined => {
  if (windows.length === 0) return undefined;
  const minReplicas = bound(
    windows.map((window) => window.minReplicas),
    Math.max,
  );
  const maxReplicas = bound(
    windows.map((window) => window.maxReplicas),
    Math.min,
  );
  return {
    name: windows.map(({ name }) => name).join(', '),
    minReplicas,
    maxReplicas: maxReplicas === undefined ? undefined : Math.max(maxReplicas, minReplicas ?? 0),
  };
};

/**
 * Which bounds hold when. A window is open at an instant when its newest start is newer than its newest end, so that it
 * does not matter when one began to look. Throws on schedules that have faults.
 */
export const windowsOf = (schedules: readonly Schedule[]) => {
  const windows = schedules.map(
    ({ start, end, timeZone = defaultZone, name, minReplicas, maxReplicas }): Window => ({
      bounds: { name, minReplicas, maxReplicas },
      starts: cron(start, timeZone),
      ends: cron(end, timeZone),
    }),
  );
  return {
    at: (atSeconds: number): ScheduleWindow | undefined =>
      merged(windows.filter((window) => isOpen(window, atSeconds)).map(({ bounds }) => bounds)),
  };
};
