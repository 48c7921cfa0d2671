import type { Legal, Stage } from '#core/model';

/**
 * A request that was made over the network for a cycle. Its name is a path beneath the agent's: `requests/value`.
 */
export type Call = Stage & {
  /** Of HTTP. */
  readonly method: string;
  /** Without credentials and query; undefined: it went to many addresses. */
  readonly url?: string | undefined;
  /** undefined: there was no answer. */
  readonly status?: number | undefined;
  /** What went wrong, and of what kind: few values. */
  readonly error?: { readonly type: string; readonly message: string } | undefined;
  /** What was asked for, in the server's own language. */
  readonly query?: string | undefined;
  /** So many targets share its answer, and it may have been made for another of them; undefined: for this one alone. */
  readonly sharedBy?: number | undefined;
  /** Of a round of many requests: how many, and how many of them were not answered. */
  readonly round?: { readonly requests: number; readonly unanswered: number } | undefined;
  /** Of a write: the version that it was made upon, and the one that it made. */
  readonly versions?: { readonly from: string; readonly to?: string | undefined } | undefined;
  /** Attempts before the last one, and why they were refused. */
  readonly retries?: readonly {
    readonly atSeconds: number;
    readonly status: number | undefined;
    readonly reason: string;
  }[];
};

/** Hears of the calls of one cycle, and tells the time that they are dated by: Unix seconds of the wall clock. */
export type Calls = { readonly now: () => number; readonly made: (call: Call) => void };

/** What a cycle leaves to its trace alone, beside its record. */
export type Particulars = {
  readonly calls?: readonly Call[] | undefined;
  readonly legal?: Legal | undefined;
};

/** What an agent is given of its cycle besides what it reads. */
export type AgentRun = {
  readonly signal?: AbortSignal | undefined;
  /** A part of the agent's work, noted as a stage of its own. */
  readonly timed?: <T>(stage: string, work: () => T) => T;
  readonly calls?: Calls | undefined;
  /** Hears of the sizes that the limits leave. */
  readonly allowed?: (legal: Legal) => void;
};
