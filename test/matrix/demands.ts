import type { DemandPage } from './demand-page.ts';

/** Requests per second, and by how much they grow each second once the world is opened: a replica's worth in some twelve. */
const demands = { steady: { from: 200, growth: 0 }, rising: { from: 150, growth: 4 } } as const;
export type TargetName = keyof typeof demands;
export const targetNames = Object.keys(demands) as readonly TargetName[];

export const namespaceOf = (world: string): string => `cell-${world}`;

/** Long before the world is opened: a demand that has just begun is no steady one, and whoever sees that orders more. */
export const prepareDemand = (page: DemandPage, world: string): void => {
  for (const name of targetNames) page.set(namespaceOf(world), name, demands[name].from);
};

export const beginDemand = (page: DemandPage, world: string): void => {
  for (const name of targetNames)
    page.set(namespaceOf(world), name, demands[name].from, demands[name].growth);
};
