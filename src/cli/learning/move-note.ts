import { randomUUID } from 'node:crypto';
import { systemClock } from '#adapters/clocks/system';
import { systemUser } from '#cli/system-user';
import { type AuditEntry, noted } from '#core/audit';
import type { Entry } from './learning-file.ts';

/** That what was learnt was taken out of the store, or put into it. */
export const moveNote = (given: {
  readonly action: 'learning-import' | 'learning-export';
  readonly cluster: string;
  readonly entries: readonly Entry[];
  readonly file: string | undefined;
  readonly reason?: string | undefined;
}): AuditEntry => {
  const { action, cluster, entries, file, reason } = given;
  const [only] = entries;
  const place = file === undefined || file === '-' ? 'a stream' : file;
  const what =
    action === 'learning-export'
      ? `exports what was learnt, ${entries.length} in all, to ${place}`
      : `takes over what ${only!.snapshot.policy} has learnt, with experience ${only!.snapshot.experience}, from ${place}`;
  return {
    id: randomUUID(),
    atSeconds: systemClock().now(),
    cluster,
    ...(action === 'learning-import' && only !== undefined && { target: only.target }),
    action,
    ...systemUser(),
    what: noted(what),
    ...(reason !== undefined && { why: noted(reason) }),
    details: { file: place, entries: entries.length },
  };
};
