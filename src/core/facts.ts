/**
 * What an answer stands on. Whoever words an answer anew may say a number, a name or a time only if it is one of these.
 */

export const factUnits = [
  'replicas',
  /** A rate: requests per second. */
  'per-second',
  /** 0.42 and 42 % are the same fact. */
  'ratio',
  'seconds',
  'replica-hours',
  'money',
  /** So many of something that is named: decisions, gates, scalings. */
  'count',
  /** A worth, a reward, or whatever else has no unit. */
  'plain',
] as const;
export type FactUnit = (typeof factUnits)[number];

export const nameKinds = [
  'target',
  'cluster',
  'policy',
  'expert',
  'metric',
  'source',
  'reason',
  'limit',
  'mode',
  'outcome',
  'actuator',
  'writer',
  'autoscaler',
  'id',
  /** Words from outside, quoted whole: an error, a state, why somebody did something. */
  'quote',
] as const;
export type NameKind = (typeof nameKinds)[number];

export type Fact =
  | { readonly kind: 'number'; readonly value: number; readonly unit: FactUnit; readonly of: string }
  /** A size that was ordered or was to be: its two numbers belong together, in this order. */
  | {
      readonly kind: 'change';
      readonly from: number;
      readonly to: number;
      readonly atSeconds: number;
      readonly of: string;
    }
  | { readonly kind: 'time'; readonly atSeconds: number; readonly of: string }
  | { readonly kind: 'name'; readonly name: string; readonly of: NameKind };

/** Words made from records alone, with the facts that they stand on and the decisions that these came from. */
export type Evidence = {
  readonly text: string;
  readonly facts: readonly Fact[];
  /** Ids, the one that matters most first. */
  readonly decisions: readonly string[];
};
