import { type Target, targetKey } from '#core/model';
import { timeText } from '#core/time-text';
import { PortError, type Store } from '#ports';
import { type Kept, newestAt, newestBefore } from '#workflows/newest-decision';

/** Which decision is meant: by its id, or the newest of a target up to a time. */
export type Meant = {
  readonly id?: string | undefined;
  readonly target?: Target | undefined;
  readonly cluster?: string | undefined;
  readonly at?: number | undefined;
};

const missing = (what: string): PortError =>
  new PortError('store', `${what}; list what is kept with "nimbusguard history"`);

export const keptDecision = async (store: Store, { id, target, cluster, at }: Meant): Promise<Kept> => {
  if (id !== undefined) {
    const found = await store.decision(id.toLowerCase());
    if (found === undefined) throw missing(`no decision has the id ${id}`);
    return found;
  }
  const of = { target, cluster };
  const found = await (at === undefined ? newestBefore(store, of) : newestAt(store, of, at));
  if (found !== undefined) return found;
  const whose = target === undefined ? '' : ` of ${targetKey(target)}`;
  throw missing(`no decision${whose}${at === undefined ? '' : ` up to ${timeText(at)}`} is kept`);
};
