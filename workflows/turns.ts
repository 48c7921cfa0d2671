import { decider } from '#agents/decider';
import { type ExecutableMode, executor } from '#agents/executor';
import { observer } from '#agents/observer';
import { rewarder } from '#agents/rewarder';
import type { Particulars } from '#core/calls';
import type { Cycle, Pause, Spec, Target } from '#core/model';
import type { Policy } from '#core/policy';
import type {
  Clock,
  CycleIds,
  DecisionRecord,
  EventBus,
  MetricSource,
  Scaler,
  Store,
  Telemetry,
} from '#ports';
import type { Agents, ControlLoop, CycleStart, Turned, WallClock } from '#workflows/control-loop';
import { type Memory, remembering, setBack } from '#workflows/memory';

/** A target that the loop looks after, with all that belongs to it alone. */
export type Watched = {
  readonly target: Target;
  readonly spec: Spec;
  readonly mode: ExecutableMode | (() => ExecutableMode);
  readonly policy: Policy;
  readonly source: MetricSource;
  readonly scaler: Scaler;
  readonly clock: Clock;
  readonly memory: Memory;
  /** Of the snapshot that the policy was made from: that itself, a quarter of a megabyte, is needed no more. */
  readonly savedExperience?: number | undefined;
  readonly pauses?: () => readonly Pause[];
  /** Cycles fall at whole multiples of the interval plus this; absent: spread by the target's name. */
  readonly offsetSeconds?: number | undefined;
  /** The first cycle falls so soon, though its instant be none of the interval's; absent: at the first that is. */
  readonly firstLookWithinSeconds?: number | undefined;
  /** From then on there is nothing to look at; absent: the world goes on. */
  readonly endsAt?: number | undefined;
  /** What bears on a size besides what source and scaler see. */
  readonly circumstances?: Parameters<typeof observer>[0]['circumstances'];
  /** The object in the cluster that asks for all this; it stands in the record. */
  readonly asked?: { readonly uid?: string | undefined; readonly generation?: number | undefined };
  /** How often the Lease under which we write has changed hands; it stands in the record. */
  readonly leaseTransitions?: () => number | undefined;
  /** After a cycle that was given up for this: when to look again, where waiting longer each time would gain nothing. */
  readonly retrySeconds?: ((error: unknown) => number | undefined) | undefined;
  /** Hears of each record once it is kept. */
  readonly onKept?: (record: DecisionRecord) => void;
};

/** What all targets share. */
export type House = {
  readonly cluster: string;
  readonly seed: number;
  readonly store: Store;
  readonly telemetry: Telemetry;
  readonly events: EventBus;
  readonly newId: (atSeconds: number) => string;
  readonly wallClock: WallClock;
  /** The four agents as one turn: `controlLoop`, or `foldCycle` without LangGraph. */
  readonly chain: (agents: Agents, wallClock: WallClock) => ControlLoop;
  /** Told of what went wrong beside a cycle, such as a snapshot that was not saved. */
  readonly onFault: (target: Target, error: unknown, of?: CycleIds) => void;
};

/** The mode in force: promotion and demotion change it between cycles. */
const modeOf = ({ mode }: Watched): ExecutableMode => (typeof mode === 'function' ? mode() : mode);

/** Learning is saved at most so often: a snapshot may be a hundred times a record. */
const saveEverySeconds = 30;

export const agentsOf = (
  w: Watched,
  seed: number,
  memory: () => Memory,
  pauses: () => readonly Pause[] = w.pauses ?? (() => []),
): Agents => ({
  observe: observer({
    source: w.source,
    scaler: w.scaler,
    since: () => memory().since,
    circumstances: w.circumstances,
  }),
  decide: (cycle, run) =>
    decider({
      policy: w.policy,
      seed,
      mode: modeOf(w),
      past: () => memory().past,
      pauses,
    })(cycle, run),
  execute: (cycle, run) => executor({ scaler: w.scaler, mode: modeOf(w) })(cycle, run),
  reward: rewarder({ policy: w.policy, recent: () => memory().recent }),
});

/** One target's turns: cycle → record kept → telemetry, events → snapshot when there is something new to save. */
export const turns = (w: Watched, house: House) => {
  const { policy, target, spec } = w;
  const { store, cluster } = house;
  const key = { cluster, target, policy: policy.name };
  let memory = w.memory;
  let unkept: { readonly record: DecisionRecord; readonly particulars: Particulars | undefined } | undefined;
  let unsettled = false;
  let begun: CycleIds | undefined;
  let savedVersion = policy.tableVersion();
  let savedExperience = w.savedExperience ?? 0;
  let savedAt = Number.NEGATIVE_INFINITY;
  let pauses: readonly Pause[] = [];
  /** The record names those that the limits heeded. */
  const heeded = (): readonly Pause[] => {
    pauses = w.pauses?.() ?? [];
    return pauses;
  };
  const chain = house.chain(
    agentsOf(w, house.seed, () => memory, heeded),
    house.wallClock,
  );

  const recordOf = (cycle: Cycle, tableVersion: number): DecisionRecord => ({
    ...cycle,
    schemaVersion: 1,
    cluster,
    policy: { name: policy.name, ...w.asked },
    mode: modeOf(w),
    actuator: w.scaler.name,
    tableVersion,
    leaseTransitions: w.leaseTransitions?.(),
    ...(pauses.length > 0 && { pauses }),
  });

  const keep = async (): Promise<void> => {
    if (unkept === undefined) return;
    const { record, particulars } = unkept;
    await store.append(record);
    unkept = undefined;
    house.telemetry.record(record, particulars);
    house.events.publish(record);
    w.onKept?.(record);
  };

  /** What was learnt beside the loop acts only once it is kept: whoever comes back then decides as one who never left. */
  const settle = async (atSeconds: number): Promise<void> => {
    unsettled = (policy.rounds?.settle() ?? false) || unsettled;
    if (!unsettled) return;
    const snapshot = policy.snapshot();
    await store.saveSnapshot(key, snapshot);
    unsettled = false;
    savedAt = atSeconds;
    savedVersion = policy.tableVersion();
    savedExperience = snapshot.experience;
  };

  const save = async (atSeconds: number, of?: CycleIds): Promise<void> => {
    const version = policy.tableVersion();
    try {
      const snapshot = policy.snapshot();
      savedAt = atSeconds;
      if (snapshot.experience <= savedExperience && version === savedVersion) return;
      await store.saveSnapshot(key, snapshot);
      savedVersion = version;
      savedExperience = snapshot.experience;
    } catch (error) {
      house.onFault(target, error, of);
    }
  };

  const run = async (start: CycleStart, signal: AbortSignal | undefined): Promise<Turned> => {
    const startedAt = house.wallClock();
    try {
      return await chain(start, signal);
    } catch (error) {
      if (signal?.aborted !== true)
        house.telemetry.abandoned({ ...start, startedAt, seconds: house.wallClock() - startedAt }, error);
      throw error;
    }
  };

  return {
    /** Of the cycle that began last. */
    begun: (): CycleIds | undefined => begun,
    /** Throws when the cycle had to be abandoned. What could not be kept comes first the next time. */
    turn: async (atSeconds: number, signal?: AbortSignal): Promise<void> => {
      await keep();
      await settle(atSeconds);
      const tableVersion = policy.tableVersion();
      memory = setBack(memory, atSeconds);
      const start = { id: house.newId(atSeconds), ...house.telemetry.ids(), target, spec, atSeconds };
      begun = start;
      const { particulars, ...cycle } = await run(start, signal);
      memory = remembering(memory, cycle);
      unkept = { record: recordOf(cycle, tableVersion), particulars };
      await keep();
      if (policy.tableVersion() !== savedVersion && atSeconds - savedAt >= saveEverySeconds)
        await save(atSeconds, cycle);
    },
    close: async (atSeconds: number): Promise<void> => {
      await keep().catch((error) => house.onFault(target, error, unkept?.record));
      await save(atSeconds);
    },
  };
};
