import type { FactUnit } from '#core/facts';

/** What a gate is about: an input of the rule that it stands for. */
export const knobs = [
  'demand',
  'cpu',
  'memory',
  'low line',
  'high line',
  'wanted',
  'too many',
  'metric age',
  'metrics',
  'minReplicas',
  'maxReplicas',
  'schedule minReplicas',
  'schedule maxReplicas',
  'floor',
  'hourly budget',
  'canary ratio',
  'pods without a node',
  'rollout',
  'turns',
  'last scaled',
  'cooldown',
  'scaling rules',
  'let through',
  'time',
  'pause',
  'writer',
  'mode',
  'approval',
  'write',
] as const;
export type Knob = (typeof knobs)[number];

export type Measure = {
  readonly of: Knob;
  readonly value: number | string;
  /** `time`: Unix seconds; `state`: a word. */
  readonly unit: FactUnit | 'time' | 'state';
  /** Which one, where there may be several: a metric, a schedule, somebody's name. */
  readonly name?: string | undefined;
};

/** What would open a gate. Of several openings any one will do. */
export type Opening = Measure & {
  readonly is: 'at least' | 'at most' | 'equal';
  /** Tried in the rule itself: there the gate opens, and a step short of it does not. Else an estimate. */
  readonly exact: boolean;
  /** What else is taken for granted. */
  readonly given?: string | undefined;
};

export const directions = ['up', 'down'] as const;
export type Direction = (typeof directions)[number];

/** One thing that stands between a size and another. */
export type Gate = {
  /** `expert`, `calm`, a step of the limit chain, `mode` or `write`. */
  readonly step: string;
  readonly isOpen: boolean;
  /** Why it is shut, as policies and limits say it. */
  readonly reason?: string | undefined;
  /** The sizes that it lets through; absent: any. */
  readonly lets?: { readonly low: number; readonly high: number } | undefined;
  readonly present: readonly Measure[];
  readonly openings: readonly Opening[];
  /** Why no opening can be told. */
  readonly unknown?: string | undefined;
};

/** All gates between the size that a decision left and another. */
export type Way = {
  readonly direction: Direction;
  /** What the decision left: what was ordered if it was carried out, else what was there. */
  readonly from: number;
  readonly goal: number;
  readonly gates: readonly Gate[];
};
