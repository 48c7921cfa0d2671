import type { AuditEntry } from '#core/audit';
import { type Column, exportVersion } from './column.ts';

export const auditColumns: readonly Column<AuditEntry>[] = [
  {
    name: 'export_version',
    type: 'integer',
    means: `version of these columns: ${exportVersion}`,
    of: () => exportVersion,
  },
  { name: 'id', type: 'text', means: 'of the action', of: (r) => r.id },
  { name: 'done_at', type: 'timestamp', means: 'UTC', of: (r) => r.atSeconds },
  { name: 'cluster', type: 'text', means: 'as the configuration names it', of: (r) => r.cluster },
  { name: 'namespace', type: 'text', means: 'of the workload', of: (r) => r.target?.namespace },
  { name: 'kind', type: 'text', means: 'of the workload', of: (r) => r.target?.kind },
  {
    name: 'name',
    type: 'text',
    means: 'of the workload; null: it was done to all',
    of: (r) => r.target?.name,
  },
  { name: 'action', type: 'text', means: 'pause, resume, approve, …', of: (r) => r.action },
  { name: 'by', type: 'text', means: 'who', of: (r) => r.by },
  { name: 'by_from', type: 'text', means: 'how the name is known', of: (r) => r.byFrom },
  { name: 'what', type: 'text', means: 'in words', of: (r) => r.what },
  { name: 'why', type: 'text', means: 'as they said it', of: (r) => r.why },
  {
    name: 'details',
    type: 'json',
    means: 'the same for machines, as JSON',
    of: (r) => (r.details === undefined ? undefined : JSON.stringify(r.details)),
  },
];
