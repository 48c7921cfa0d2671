import { type Target, targetKey } from '#core/model';
import { timeText } from '#core/time-text';
import { PortError, type Store } from '#ports';

/** Which decision is meant: by its id, or the newest of a target up to a time. */
export type Meant = {
  readonly id?: string | undefined;
  readonly target?: Target | undefined;
  readonly cluster?: string | undefined;
  readonly at?: number | undefined;
};

export type KeptDecision = NonNullable<Awaited<ReturnType<Store['decision']>>>;

const missing = (what: string): PortError =>
  new PortError('store', `${what}; list what is kept with "nimbusguard history"`);

export const keptDecision = async (
  store: Store,
  { id, target, cluster, at }: Meant,
): Promise<KeptDecision> => {
  if (id !== undefined) {
    const found = await store.decision(id);
    if (found === undefined) throw missing(`no decision has the id ${id}`);
    return found;
  }
  // The store's upper end is open: whole microseconds is as fine as times are given.
  const toSeconds = at === undefined ? undefined : at + 1e-6;
  const [found] = (await store.decisions({ target, cluster, toSeconds, limit: 1 })).items;
  if (found !== undefined) return found;
  const whose = target === undefined ? '' : ` of ${targetKey(target)}`;
  throw missing(`no decision${whose}${at === undefined ? '' : ` up to ${timeText(at)}`} is kept`);
};
