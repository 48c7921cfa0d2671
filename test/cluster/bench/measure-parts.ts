import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from '../control-plane.ts';

/** What a process costs, as the kernel counts it; memory is the most of the time, for a heap grows until it is collected. */
export type Cost = { readonly coreRatio: number; readonly residentMegabytes: number };

/** Of user space: Linux says 100 to all programs, whatever its own clock is. */
const ticksPerSecond = 100;

const cpuSecondsOf = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name of the program may hold blanks; utime and stime are the fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
};

const residentMegabytesOf = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
};

const labelIn = (labels: string, name: string): string =>
  new RegExp(`\\b${name}="([^"]*)"`).exec(labels)?.[1] ?? '';

/** By verb and resource: `PATCH scalingpolicies/status`. */
const requestCounts = async (plane: ControlPlane): Promise<ReadonlyMap<string, number>> => {
  const counts = new Map<string, number>();
  const page = await plane.metrics('kube-apiserver');
  for (const [, labels = '', count] of page.matchAll(/^apiserver_request_total\{(.*)\} (\S+)$/gm)) {
    const subresource = labelIn(labels, 'subresource');
    const what = `${labelIn(labels, 'verb')} ${labelIn(labels, 'resource')}${subresource && `/${subresource}`}`;
    counts.set(what, (counts.get(what) ?? 0) + Number(count));
  }
  return counts;
};

export type Measured = {
  /** By the part's name, and those of the programs beside. */
  readonly costs: Readonly<Record<string, Cost>>;
  /** Answers of the API server by verb and resource, most first; watches that go on left out. */
  readonly requestsPerMinute: readonly (readonly [what: string, perMinute: number])[];
};

/** What each part of the control plane costs over so many seconds, and what programs beside it do. */
export const measureParts = async (
  plane: ControlPlane,
  beside: Readonly<Record<string, number>>,
  seconds: number,
): Promise<Measured> => {
  const pids = new Map(Object.entries(beside));
  for (const [name, part] of Object.entries(plane.parts)) {
    const pid = part.pid();
    if (pid !== undefined) pids.set(name, pid);
  }
  const look = async () => ({
    atMilliseconds: performance.now(),
    requests: await requestCounts(plane),
    all: await Promise.all([...pids].map(async ([name, pid]) => [name, await cpuSecondsOf(pid)] as const)),
  });
  const before = await look();
  const most = new Map<string, number>();
  for (let i = 0; i < seconds; i++) {
    await sleep(1000);
    for (const [name, pid] of pids)
      most.set(name, Math.max(most.get(name) ?? 0, await residentMegabytesOf(pid)));
  }
  const after = await look();
  const passedSeconds = (after.atMilliseconds - before.atMilliseconds) / 1000;
  const costs = after.all.map(([name, cpuSeconds], i) => {
    const coreRatio = (cpuSeconds - before.all[i]![1]) / passedSeconds;
    return [name, { coreRatio, residentMegabytes: most.get(name) ?? 0 }] as const;
  });
  return {
    costs: Object.fromEntries(costs),
    requestsPerMinute: [...after.requests]
      .map(
        ([what, count]) => [what, (60 * (count - (before.requests.get(what) ?? 0))) / passedSeconds] as const,
      )
      .filter(([, perMinute]) => perMinute > 0)
      .sort(([, a], [, b]) => b - a),
  };
};
