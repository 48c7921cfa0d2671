import type { Pause, Target } from '#core/model';
import type { SnapshotKey, Store } from '#ports';

type Memo = { readonly worldStartsAt?: number | undefined; readonly pauses: readonly Pause[] };

/** What is kept of a target beside its records: pauses that people set, and when its simulated world began. */
export const targetMemo = async (store: Store, key: SnapshotKey, now: () => number) => {
  let memo: Memo = { pauses: [], ...((await store.loadSettings(key)) as Partial<Memo> | undefined) };
  const keep = async (next: Memo): Promise<void> => {
    await store.saveSettings(key, next);
    memo = next;
  };
  const open = (): readonly Pause[] => memo.pauses.filter((pause) => now() < pause.untilSeconds);
  return {
    target: key.target as Target,
    worldStartsAt: () => memo.worldStartsAt,
    keepWorldStart: (worldStartsAt: number | undefined) => keep({ ...memo, worldStartsAt }),
    /** People mean the clock on the wall, a simulated target has its own: what is open now has no end in the loop. */
    pauses: (): readonly Pause[] =>
      open().map((pause) => ({ ...pause, untilSeconds: Number.POSITIVE_INFINITY })),
    pause: (pause: Pause) => keep({ ...memo, pauses: [...open(), pause] }),
    resume: () => keep({ ...memo, pauses: [] }),
  };
};

export type TargetMemo = Awaited<ReturnType<typeof targetMemo>>;
