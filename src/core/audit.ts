import type { Pause, Target } from '#core/model';
import { inOneLine } from '#core/one-line';
import { timeText } from '#core/time-text';

export const auditActions = [
  'pause',
  'resume',
  'approve',
  'reject',
  /** A ScalingPolicy was made, changed or deleted. */
  'policy',
  /** A size that somebody set by hand, and that is respected for a while. */
  'manual-scaling',
  'learning-import',
  'learning-export',
  /** The process began with another configuration than the one before. */
  'configuration',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** How we come by the name: none of them is proof. Whoever needs proof of a user reads the API server's own audit log. */
export const nameSources = [
  /** Over HTTP, with the token: the name is what its holder says. */
  'claimed',
  /** Over HTTP, with the token and no name: the id of the request. */
  'request',
  /** Whoever the object's managedFields name. */
  'field-manager',
  /** Who the process or command ran as. */
  'system-user',
] as const;
export type NameSource = (typeof nameSources)[number];

/** What a person did, or somebody in their name: who, what, why, when. */
export type AuditEntry = {
  /** The same action is kept once, however often it is seen. */
  readonly id: string;
  readonly atSeconds: number;
  readonly cluster: string;
  /** Absent: it was done to all. */
  readonly target?: Target | undefined;
  readonly action: AuditAction;
  readonly by: string;
  readonly byFrom: NameSource;
  /** In words, of one line. */
  readonly what: string;
  /** As they said it. */
  readonly why?: string | undefined;
  /** What `what` says, for machines; JSON. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
};

/** Who, and how we know. */
export type Author = Pick<AuditEntry, 'by' | 'byFrom'>;

const longestText = 1000;
/** What came from outside, fit for a list: one line, no characters that steer, not without end. */
export const noted = (text: string, longest = longestText): string =>
  inOneLine(text).trim().slice(0, longest);

/** What a pause keeps a target from. */
export const withheld = { up: 'growing', down: 'shrinking', both: 'growing and shrinking' } as const;

export const pauseText = ({ direction, untilSeconds }: Pick<Pause, 'direction' | 'untilSeconds'>): string =>
  `keeps it from ${withheld[direction]} until ${timeText(untilSeconds)}`;
