import type { AuditAction, AuditEntry } from '#core/audit';
import type { Calls, Particulars } from '#core/calls';
import type { Circumstances } from '#core/circumstances';
import type {
  Arrivals,
  Cycle,
  Mode,
  Pause,
  PodGroup,
  Replicas,
  Reward,
  Sample,
  Snapshot,
  Stage,
  Target,
} from '#core/model';
import type { Round } from '#core/policy';
import type { Tally } from '#core/tally';

export type * from '#ports/explainer';

/** The doors to the world. Each ships with a contract in test/contracts that all its adapters pass. */

/** Failure of something outside; `place` names it (`prometheus`, `sqlite`), the message says what and what mends it. */
export class PortError extends Error {
  readonly place: string;
  /** The message without its place. */
  readonly said: string;
  constructor(place: string, message: string, options?: ErrorOptions) {
    super(`[${place}] ${message}`, options);
    this.name = 'PortError';
    this.place = place;
    this.said = message;
  }
}

/** A cursor that came from no page: the asker's fault, not the store's. */
export class CursorError extends PortError {}

/** Asked for what is not kept, such as a time before the oldest decision: again the asker's fault. */
export class NotKeptError extends PortError {}

export type Clock = {
  /** Unix seconds, with decimals. */
  now(): number;
  /** Resolves at `atSeconds`, at once if that is past; rejects with the signal's reason. */
  until(atSeconds: number, signal?: AbortSignal): Promise<void>;
};

export type Reading = {
  readonly samples: readonly Sample[];
  readonly arrivals?: Arrivals | undefined;
  readonly pods?: readonly PodGroup[] | undefined;
  readonly lateRatio?: number | undefined;
};

export type MetricSource = {
  readonly name: string;
  /** Never throws for a metric it cannot get: the sample says so. `since`: the end of the arrivals read before. */
  read(
    target: Target,
    atSeconds: number,
    since: number | undefined,
    signal?: AbortSignal,
    calls?: Calls,
  ): Promise<Reading>;
};

/** What a scaler sees of its target, and of others who scale it. */
export type Sizes = Replicas & { readonly rollout: boolean } & Pick<
    Circumstances,
    'unschedulable' | 'holder' | 'floor'
  >;

export type Scaler = {
  readonly name: string;
  replicas(target: Target, signal?: AbortSignal, calls?: Calls): Promise<Sizes>;
  /** Writes the desired size; rejects with a PortError when it could not. */
  scale(target: Target, from: number, to: number, signal?: AbortSignal, calls?: Calls): Promise<void>;
};

/** A cycle as it is kept: who decided, where, with which table. */
export type DecisionRecord = Cycle & {
  readonly schemaVersion: 1;
  readonly cluster: string;
  readonly policy: {
    readonly name: string;
    readonly uid?: string | undefined;
    readonly generation?: number | undefined;
  };
  readonly mode: Mode;
  readonly actuator: string;
  readonly tableVersion: number;
  readonly leaseTransitions?: number | undefined;
  /** In force when it was decided; absent: none was. */
  readonly pauses?: readonly Pause[] | undefined;
};

export type RewardRow = { readonly decisionId: string; readonly target: Target; readonly reward: Reward };

export type DecisionQuery = {
  readonly target?: Target | undefined;
  /** Beside `target`: of this cluster alone, where several have one of that name. */
  readonly cluster?: string | undefined;
  readonly fromSeconds?: number | undefined;
  readonly toSeconds?: number | undefined;
  readonly outcome?: Cycle['outcome'] | undefined;
  /** Only decisions that changed the size. */
  readonly changed?: boolean | undefined;
  /** Absent: from the newest to the oldest. */
  readonly oldestFirst?: boolean | undefined;
  /** Opaque; from the page before, of the same query. */
  readonly cursor?: string | undefined;
  readonly limit: number;
};

/** Pages run from the newest to the oldest. */
export type AuditQuery = {
  readonly target?: Target | undefined;
  readonly cluster?: string | undefined;
  readonly action?: AuditAction | undefined;
  readonly fromSeconds?: number | undefined;
  readonly toSeconds?: number | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
};

export type Page<T> = { readonly items: readonly T[]; readonly next: string | undefined };

export type TargetSummary = {
  readonly cluster: string;
  readonly target: Target;
  readonly policy: string;
  /** Of the oldest decision that is kept. */
  readonly firstAtSeconds: number;
  /** From here on every decision is kept; before it holds were removed. */
  readonly wholeFromSeconds: number;
  readonly lastAtSeconds: number;
  readonly replicas: number;
  readonly decisions: number;
};

export type Run = {
  readonly id: string;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly load: string;
  readonly policy: string;
  readonly seed: number;
  readonly commit: string | undefined;
  readonly result: unknown;
};

export type SnapshotKey = { readonly cluster: string; readonly target: Target; readonly policy: string };

export type Retention = {
  /** Of holds, nine decisions in ten. */
  readonly decisionsSeconds: number;
  /** Of all other decisions; never less than that of holds. */
  readonly changedSeconds: number;
  /**
   * Where decisions take more room than this the oldest holds go first, then the oldest of the rest. What a loop needs
   * when it comes back, the last two hours, stays.
   */
  readonly decisionsBytes: number;
  readonly auditSeconds: number;
  readonly demandSeconds: number;
  readonly keepSnapshots: number;
  readonly keepDailySnapshots: number;
};

export type Pruned = {
  /** Rows removed, by what they were. */
  readonly removed: Readonly<
    Record<'holds' | 'changes' | 'rewards' | 'audits' | 'demand' | 'snapshots', number>
  >;
  /** What decisions take now, their rewards and indexes included. */
  readonly decisionsBytes: number;
  /** Given back to the file system; a server keeps what is free for itself. */
  readonly freedBytes: number;
};

export type Store = {
  readonly name: string;
  /**
   * Keeps one cycle whole or not at all: the record, the reward that it carries (as a row of the decision it is
   * credited to) and the arrivals it saw. Once resolved it survives `kill -9`.
   */
  append(record: DecisionRecord): Promise<void>;
  decision(id: string): Promise<(DecisionRecord & { readonly credited?: Reward | undefined }) | undefined>;
  decisions(query: DecisionQuery): Promise<Page<DecisionRecord & { readonly credited?: Reward | undefined }>>;
  /** The decisions of [fromSeconds, toSeconds), counted without reading them. */
  tally(cluster: string, target: Target, fromSeconds: number, toSeconds: number): Promise<Tally>;
  targets(): Promise<readonly TargetSummary[]>;
  /** No demand of [fromSeconds, toSeconds) was recorded before this second; undefined: none at all was. */
  firstDemandAt(
    cluster: string,
    target: Target,
    fromSeconds: number,
    toSeconds: number,
  ): Promise<number | undefined>;
  /** One value a second over [fromSeconds, toSeconds); NaN where nothing was recorded. */
  demand(cluster: string, target: Target, fromSeconds: number, toSeconds: number): Promise<Float32Array>;
  /** Gives it the next version. Refuses a snapshot of less experience than the newest, unless `replace`. */
  saveSnapshot(
    key: SnapshotKey,
    snapshot: Omit<Snapshot, 'version'>,
    options?: { replace?: boolean; note?: AuditEntry },
  ): Promise<Snapshot>;
  /** The newest that is whole; a damaged one is set aside and named in `damaged`. */
  loadSnapshot(key: SnapshotKey): Promise<{ snapshot: Snapshot | undefined; damaged: readonly number[] }>;
  snapshots(
    key?: SnapshotKey,
  ): Promise<readonly (SnapshotKey & Omit<Snapshot, 'data'> & { bytes: number; damaged: boolean })[]>;
  saveRun(run: Run): Promise<void>;
  runs(limit: number): Promise<readonly Run[]>;
  /** With the notes of who wanted them so: both are kept or neither. */
  saveSettings(key: SnapshotKey, settings: unknown, notes?: readonly AuditEntry[]): Promise<void>;
  loadSettings(key: SnapshotKey): Promise<unknown>;
  /** Keeps what a person did; an entry whose id is known stays as it was. */
  audit(entry: AuditEntry): Promise<void>;
  audits(query: AuditQuery): Promise<Page<AuditEntry>>;
  /** In small bites with pauses: a loop on the same thread goes on. With the signal it ends, with what it has done. */
  prune(nowSeconds: number, retention: Retention, signal?: AbortSignal): Promise<Pruned>;
  close(): Promise<void>;
};

export type EventBus = {
  publish(record: DecisionRecord): void;
  /** Ends when the signal does. A subscriber that is too slow loses the oldest events, never blocks the loop. */
  subscribe(signal: AbortSignal): AsyncIterable<DecisionRecord>;
};

/** Makes rounds of learning beside the loop, one at a time. */
export type Learner = {
  readonly name: string;
  /**
   * Gives the result. `pause` is told the CPU seconds that each piece of the work took and awaited before the next.
   * Rejects with a PortError when the work failed, with the signal's reason when that ends it; the next round is free
   * to succeed.
   */
  learn(round: Round, pause: (cpuSeconds: number) => Promise<void>, signal?: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
};

export type CycleIds = Pick<Cycle, 'id' | 'traceId' | 'spanId'>;

/** A cycle that was given up: no record tells of it. When it ran is told by the wall clock. */
export type Abandoned = CycleIds & Pick<Cycle, 'target' | 'atSeconds'> & Omit<Stage, 'name'>;

/** Readings of a cycle that has ended: spans, metrics, a log line. Never throws, never waits. */
export type Telemetry = {
  /** Fresh W3C ids, lower-case hex: 32 and 16 digits. */
  ids(): { readonly traceId: string; readonly spanId: string };
  record(record: DecisionRecord, particulars?: Particulars): void;
  abandoned(cycle: Abandoned, error: unknown): void;
  /** Flushes; resolves within `timeoutSeconds` even when the collector is gone. */
  close(timeoutSeconds: number): Promise<void>;
};
