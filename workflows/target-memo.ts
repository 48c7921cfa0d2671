import type { AuditEntry } from '#core/audit';
import type { Pause, Target } from '#core/model';
import type { Promotion } from '#core/promotion';
import type { Proposals } from '#core/proposals';
import type { SnapshotKey, Store } from '#ports';

type Memo = {
  readonly pauses: readonly Pause[];
  /** When a simulated world began. */
  readonly worldStartsAt?: number | undefined;
  readonly promotion?: Promotion | undefined;
  readonly proposals?: Proposals | undefined;
  /** Hours in which decisions were made on known demand. */
  readonly hoursObserved?: number | undefined;
  /** Writes that failed. */
  readonly failures?: number | undefined;
};

/** What is kept of a target beside its records: pauses that people set, what stage it is in, what waits for a word. */
export const targetMemo = async (store: Store, key: SnapshotKey, now: () => number) => {
  let memo: Memo = { pauses: [], ...((await store.loadSettings(key)) as Partial<Memo> | undefined) };
  let saving: Promise<void> = Promise.resolve();
  /** Of what was done since the last save that went well. */
  let notes: readonly AuditEntry[] = [];
  /** One after the other: the newest is what stays. Who wanted it so is kept with it, or with the next save. */
  const keep = (part: Partial<Memo>, note?: AuditEntry): Promise<void> => {
    const next = { ...memo, ...part };
    memo = next;
    if (note !== undefined) notes = [...notes, note];
    const save = async (): Promise<void> => {
      const unsaved = notes;
      await store.saveSettings(key, next, unsaved);
      notes = notes.slice(unsaved.length);
    };
    saving = saving.catch(() => {}).then(save);
    return saving;
  };
  const open = (): readonly Pause[] => memo.pauses.filter((pause) => now() < pause.untilSeconds);
  return {
    target: key.target as Target,
    known: (): Memo => memo,
    keep,
    /** People mean the clock on the wall, a simulated target has its own: what is open now has no end in the loop. */
    pauses: (): readonly Pause[] =>
      open().map((pause) => ({ ...pause, untilSeconds: Number.POSITIVE_INFINITY })),
    /** Where the loop lives by the clock on the wall. */
    pausesByClock: open,
    pause: (pause: Pause, note: AuditEntry) => keep({ pauses: [...open(), pause] }, note),
    /** Who ends what has ended already has done nothing. */
    resume: (note: AuditEntry) => keep({ pauses: [] }, open().length > 0 ? note : undefined),
  };
};

export type TargetMemo = Awaited<ReturnType<typeof targetMemo>>;
