import type { Cell } from './cell.ts';
import { inForm } from './form.ts';

const outageSeconds = inForm({ full: 60, short: 15 });

export const apiServerCells: readonly Cell[] = [
  {
    title: `API server refuses ${outageSeconds} s`,
    name: 'refused',
    isShort: true,
    longestGapSeconds: 2 * outageSeconds + 30,
    disturb: async ({ replicas, wait }) => {
      for (const { proxy } of replicas) proxy.disturb({ disturbance: { kind: 'refuse' } });
      await wait(outageSeconds);
      for (const { proxy } of replicas) proxy.lift();
    },
  },
];
