import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AuditEntry } from '#core/audit';
import { type Snapshot, targetKey } from '#core/model';
import { PortError, type SnapshotKey, type Store } from '#ports';

export type Entry = {
  readonly cluster: string;
  readonly target: SnapshotKey['target'];
  readonly snapshot: Snapshot;
};

const formatVersion = 1;

const entry = z.strictObject({
  cluster: z.string().min(1),
  target: z.strictObject({ namespace: z.string(), kind: z.string(), name: z.string() }),
  snapshot: z.strictObject({
    schemaVersion: z.int(),
    policy: z.string().min(1),
    version: z.int().min(0),
    atSeconds: z.number(),
    experience: z.number().min(0),
    data: z.unknown(),
  }),
});
const learningFile = z.strictObject({
  format: z.literal('nimbusguard-learning'),
  formatVersion: z.literal(formatVersion),
  checksum: z.string(),
  entries: z.array(entry),
});

const checksumOf = (entries: unknown): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(entries)).digest('hex')}`;

const keyOf = ({ cluster, target, snapshot }: Entry): SnapshotKey => ({
  cluster,
  target,
  policy: snapshot.policy,
});
const keyText = ({ cluster, target, policy }: SnapshotKey): string =>
  `${cluster} ${targetKey(target)} ${policy}`;

/** The newest whole snapshot of each target and policy. */
export const collected = async (
  store: Store,
): Promise<{ readonly entries: readonly Entry[]; readonly damaged: readonly string[] }> => {
  const listed = await store.snapshots();
  const keys = new Map(
    listed.map(({ cluster, target, policy }) => [
      keyText({ cluster, target, policy }),
      { cluster, target, policy },
    ]),
  );
  const entries: Entry[] = [];
  const damaged: string[] = [];
  for (const [text, key] of [...keys].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const found = await store.loadSnapshot(key);
    damaged.push(...found.damaged.map((version) => `${text} version ${version}`));
    if (found.snapshot !== undefined)
      entries.push({ cluster: key.cluster, target: key.target, snapshot: found.snapshot });
  }
  return { entries, damaged };
};

export const packed = (entries: readonly Entry[]): string =>
  JSON.stringify({ format: 'nimbusguard-learning', formatVersion, checksum: checksumOf(entries), entries });

/** Refuses a file that is not whole. */
export const unpacked = (file: string, text: string): readonly Entry[] => {
  const refused = (why: string, cause?: unknown): PortError =>
    new PortError('learning', `${file} ${why}; nothing was taken over`, { cause });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw refused(`is damaged (${(cause as Error).message}): export it again`, cause);
  }
  const parsed = learningFile.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refused(`is no file of "learning export" (${issue!.path.join('.') || 'top'}: ${issue!.message})`);
  }
  // The sum is taken over what stands in the file, before anything was read into it.
  const { entries } = content as { entries: unknown };
  if (checksumOf(entries) !== parsed.data.checksum)
    throw refused('is damaged (its checksum does not match): export it again');
  return parsed.data.entries as readonly Entry[];
};

/** All or nothing: what would be overwritten by less is looked for before the first is saved. */
export const taken = async (
  store: Store,
  entries: readonly Entry[],
  { replace, note }: { readonly replace: boolean; readonly note: (entry: Entry) => AuditEntry },
): Promise<void> => {
  const poorer: string[] = [];
  for (const one of replace ? [] : entries) {
    const { snapshot: kept } = await store.loadSnapshot(keyOf(one));
    if (kept !== undefined && kept.experience > one.snapshot.experience)
      poorer.push(
        `${keyText(keyOf(one))} has experience ${kept.experience}, the file ${one.snapshot.experience}`,
      );
  }
  if (poorer.length > 0)
    throw new PortError(
      'learning',
      `would overwrite more with less: ${poorer.join('; ')}; use --replace to do so; nothing was taken over`,
    );
  for (const one of entries) {
    const { version: _, ...snapshot } = one.snapshot;
    await store.saveSnapshot(keyOf(one), snapshot, { replace, note: note(one) });
  }
};
