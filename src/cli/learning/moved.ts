import { type Target, targetKey } from '#core/model';
import { isOf } from '#core/whose';
import { PortError } from '#ports';
import type { Entry } from './learning-file.ts';

export type Move = {
  /** Only what was learnt of this target, and by this policy; absent: all. */
  readonly target?: Target | undefined;
  readonly policy?: string | undefined;
  /** Whose it becomes; absent: it stays whose it was. */
  readonly as?: Target | undefined;
  readonly cluster?: string | undefined;
};

const nameOf = ({ cluster, target, snapshot }: Entry): string =>
  `${cluster} ${targetKey(target)} ${snapshot.policy}`;

/** What of a file is to be taken over, under the names that it is to have. */
export const moved = (file: string, entries: readonly Entry[], move: Move): readonly Entry[] => {
  const { target, policy, as, cluster } = move;
  const wanted = entries.filter(
    (entry) => isOf({ target }, entry) && (policy === undefined || entry.snapshot.policy === policy),
  );
  const refused = (why: string): PortError =>
    new PortError('learning', `${file} ${why}; nothing was taken over`);
  if (wanted.length === 0 && entries.length > 0)
    throw refused(`holds nothing of that name: it has ${entries.map(nameOf).join('; ')}`);
  const made = wanted.map((entry) => ({
    ...entry,
    ...(cluster !== undefined && { cluster }),
    ...(as !== undefined && { target: as }),
  }));
  const [clash] = [...Map.groupBy(made, nameOf)].filter(([, same]) => same.length > 1);
  if (clash === undefined) return made;
  const sources = wanted.filter((_, i) => nameOf(made[i]!) === clash[0]).map(nameOf);
  throw refused(
    `holds ${sources.length} that would become ${clash[0]} (${sources.join('; ')}): choose one by --target and --policy, or export from one cluster alone`,
  );
};
