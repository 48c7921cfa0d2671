import type { Target } from '#core/model';
import { type Column, exportVersion } from './column.ts';

export type DemandSecond = {
  readonly cluster: string;
  readonly target: Target;
  readonly atSeconds: number;
  readonly requests: number;
};

export const demandColumns: readonly Column<DemandSecond>[] = [
  {
    name: 'export_version',
    type: 'integer',
    means: `version of these columns: ${exportVersion}`,
    of: () => exportVersion,
  },
  { name: 'arrived_at', type: 'timestamp', means: 'UTC, the second they arrived in', of: (r) => r.atSeconds },
  { name: 'cluster', type: 'text', means: 'as the configuration names it', of: (r) => r.cluster },
  { name: 'namespace', type: 'text', means: 'of the workload', of: (r) => r.target.namespace },
  { name: 'kind', type: 'text', means: 'of the workload', of: (r) => r.target.kind },
  { name: 'name', type: 'text', means: 'of the workload', of: (r) => r.target.name },
  { name: 'requests', type: 'number', means: 'requests in this second', of: (r) => r.requests },
];
