import { setTimeout as sleep } from 'node:timers/promises';
import type { Cell } from './cell.ts';
import type { Disturbance, Hits, Rule } from './fault-proxy.ts';
import { inForm } from './form.ts';
import { targetNames, type World } from './world.ts';

const outageSeconds = inForm({ full: 60, short: 15 });
const stormSeconds = inForm({ full: 40, short: 15 });
/** A loop waits for at most as long as the fault lasted already; then come a Lease, a list and an interval. */
const gapAfter = (faultSeconds: number): number => 2 * faultSeconds + 40;

const status = (code: number, reason: string, message: string): string =>
  JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  });
const answer = (
  code: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): Disturbance => ({
  kind: 'answer',
  status: code,
  body: status(code, reason, `the matrix says ${reason}`),
  headers,
});

const isScaleWrite: Hits = (method, path) => method === 'PUT' && /\/scale(\?|$)/.test(path);
const isWatch: Hits = (method, path) => method === 'GET' && /[?&]watch=true/.test(path);

/** The second, the fourth, … of those that are hit. */
const everySecond = (hits: Hits): Hits => {
  let seen = 0;
  return (method, path) => hits(method, path) && ++seen % 2 === 0;
};

const during = async ({ replicas, wait }: World, rule: Rule, seconds: number): Promise<number> => {
  for (const { proxy } of replicas) proxy.disturb(rule);
  await wait(seconds);
  for (const { proxy } of replicas) proxy.lift();
  return replicas.flatMap(({ proxy }) => proxy.seen).filter(({ disturbed }) => disturbed).length;
};

/** What is disturbed for a while, and how many requests that met. */
const disturbed = (cell: Omit<Cell, 'disturb' | 'longestGapSeconds'>, rule: Rule, seconds: number): Cell => ({
  ...cell,
  longestGapSeconds: gapAfter(seconds),
  disturb: async (world) => `${await during(world, rule, seconds)} requests`,
});

/** Changes the object each time just before a size is written: an annotation, as a rollout or a person would. */
const storm = ({ replicas, lab, deployments }: World): void => {
  let turn = 0;
  const work = (_: string, path: string): Promise<unknown> => {
    const name = targetNames.find((one) => path.includes(`/deployments/${one}/`)) ?? '';
    return lab.plane.api.patch(`${deployments}/${name}`, {
      metadata: { annotations: { storm: `${++turn}` } },
    });
  };
  for (const { proxy } of replicas)
    proxy.disturb({ disturbance: { kind: 'after', work }, hits: isScaleWrite });
};

/** Of the API server, between the operator and it; none of them harms it. */
export const apiServerCells: readonly Cell[] = [
  disturbed(
    { title: `API server refuses connections ${outageSeconds} s`, name: 'refused', isShort: true },
    { disturbance: { kind: 'refuse' } },
    outageSeconds,
  ),
  disturbed(
    { title: `API server silent ${outageSeconds} s`, name: 'silent' },
    { disturbance: { kind: 'hang' } },
    outageSeconds,
  ),
  disturbed(
    { title: `500 to everything ${stormSeconds} s`, name: 'broken' },
    { disturbance: answer(500, 'InternalError') },
    stormSeconds,
  ),
  disturbed(
    { title: `503 to everything ${stormSeconds} s`, name: 'unavailable', isShort: true },
    { disturbance: answer(503, 'ServiceUnavailable') },
    stormSeconds,
  ),
  disturbed(
    { title: `500 to /scale alone ${stormSeconds} s`, name: 'scale-broken' },
    { disturbance: answer(500, 'InternalError'), hits: isScaleWrite },
    stormSeconds,
  ),
  disturbed(
    { title: `/scale carried out, its answer lost, ${stormSeconds} s`, name: 'answer-lost' },
    { disturbance: { kind: 'lose-answer' }, hits: isScaleWrite },
    stormSeconds,
  ),
  disturbed(
    { title: `1 s per request ${outageSeconds} s`, name: 'slow' },
    { disturbance: { kind: 'delay', seconds: 1 } },
    outageSeconds,
  ),
  disturbed(
    { title: `3 s per request ${outageSeconds} s: more than a Lease's patience`, name: 'too-slow' },
    { disturbance: { kind: 'delay', seconds: 3 } },
    outageSeconds,
  ),
  {
    title: `409 to each write of a size ${stormSeconds} s`,
    name: 'conflicts',
    isShort: true,
    longestGapSeconds: gapAfter(0),
    disturb: async (world) => {
      storm(world);
      await world.wait(stormSeconds);
      for (const { proxy } of world.replicas) proxy.lift();
      const failed = (await world.records()).filter(({ outcome }) => outcome === 'failed').length;
      return `${failed} decisions failed`;
    },
  },
  disturbed(
    { title: `429 with Retry-After 5 to everything ${stormSeconds} s`, name: 'too-many' },
    { disturbance: answer(429, 'TooManyRequests', { 'retry-after': '5' }) },
    stormSeconds,
  ),
  disturbed(
    { title: `429 with Retry-After 2 to each second /scale ${stormSeconds} s`, name: 'scale-too-many' },
    { disturbance: answer(429, 'TooManyRequests', { 'retry-after': '2' }), hits: everySecond(isScaleWrite) },
    stormSeconds,
  ),
  {
    title: 'watches cut and answered 410, five times',
    name: 'expired',
    isShort: true,
    longestGapSeconds: gapAfter(0),
    disturb: async ({ replicas }) => {
      for (let i = 0; i < 5; i++) {
        for (const { proxy } of replicas) {
          proxy.disturb({ disturbance: answer(410, 'Expired'), hits: isWatch });
          proxy.cut(isWatch);
        }
        await sleep(2000);
        for (const { proxy } of replicas) proxy.lift();
        await sleep(2000);
      }
      return undefined;
    },
  },
];

/** Of the parts themselves. */
export const controlPlaneCells: readonly Cell[] = [
  {
    title: `API server killed -9, back after ${outageSeconds} s`,
    name: 'api-server-killed',
    isShort: true,
    isAlone: true,
    longestGapSeconds: gapAfter(outageSeconds),
    disturb: async ({ lab, wait }) => {
      const part = lab.plane.parts['kube-apiserver'];
      await part.kill();
      await wait(outageSeconds);
      await part.start();
      return undefined;
    },
  },
  {
    title: `etcd killed -9, back after ${inForm({ full: 20, short: 5 })} s`,
    name: 'etcd-killed',
    isAlone: true,
    longestGapSeconds: gapAfter(20),
    disturb: async ({ lab, wait }) => {
      const { etcd } = lab.plane.parts;
      await etcd.kill();
      await wait(inForm({ full: 20, short: 5 }));
      await etcd.start();
      return undefined;
    },
  },
];
