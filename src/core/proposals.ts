import type { Approval } from '#core/circumstances';
import type { Decision, Outcome } from '#core/model';

/**
 * What waits for a person's word in mode Approve. A value in, a value out: after each cycle `decided`, at each word
 * `judged`, before each cycle `approvalFor`.
 *
 * Demand moves, and with it the wish; a person needs a minute. So a proposal is not lost when the wish moves on in the
 * same direction: the newest stands, and a word on an earlier one is honoured too, within its time and while the size is
 * still the one that it was made for.
 */
export type Proposal = {
  /** Of the decision that first wished it. */
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly madeAt: number;
  readonly expiresAt: number;
};

export type Verdict = {
  readonly id: string;
  readonly verdict: 'approve' | 'reject';
  readonly by: string;
};

type Refused = { readonly from: number; readonly to: number; readonly untilSeconds: number };

export type Proposals = {
  /** All for the present size and in one direction; the newest wish last. */
  readonly made: readonly Proposal[];
  readonly approved?: (Proposal & { readonly by: string }) | undefined;
  readonly refused: readonly Refused[];
};

export const noProposals: Proposals = { made: [], refused: [] };

/** Wishes that a person can be shown at most; demand that jumps about makes no more. */
const mostProposals = 16;

/** A decision of mode Approve, out of its record. */
export type Made = Pick<Decision, 'from' | 'to' | 'reason'> & {
  readonly id: string;
  readonly atSeconds: number;
  readonly outcome: Outcome;
};

const same = (a: Pick<Proposal, 'from' | 'to'>, b: Pick<Proposal, 'from' | 'to'>): boolean =>
  a.from === b.from && a.to === b.to;

/** Without what has run out, or was meant for another size. */
const current = ({ made, approved, refused }: Proposals, size: number, nowSeconds: number): Proposals => {
  const stands = (p: Proposal): boolean => p.from === size && nowSeconds < p.expiresAt;
  return {
    made: made.filter(stands),
    ...(approved !== undefined && stands(approved) && { approved }),
    refused: refused.filter(({ untilSeconds }) => nowSeconds < untilSeconds),
  };
};

/** After a cycle: what its decision proposes, or takes back. */
export const decided = (before: Proposals, d: Made, timeoutSeconds: number): Proposals => {
  const now = current(before, d.from, d.atSeconds);
  if (d.outcome === 'scaled') return { made: [], refused: now.refused };
  // Until it is carried out a person's word stands, whatever a limit left of it this time.
  if (now.approved !== undefined) return now;
  const wished = d.outcome === 'awaiting-approval' && d.to !== d.from;
  if (!wished) return { ...now, made: [] };
  const alike = now.made.filter(({ to }) => to > d.from === d.to > d.from);
  if (now.refused.some((r) => same(r, d))) return { ...now, made: alike };
  const { id, from, to, reason, atSeconds } = d;
  const known = alike.find((p) => same(p, d));
  const newest = known ?? { id, from, to, reason, madeAt: atSeconds, expiresAt: atSeconds + timeoutSeconds };
  const others = alike.filter((p) => p !== known);
  return { ...now, made: [...others, newest].slice(-mostProposals) };
};

/** The proposal that stands for a target of this size. */
export const standing = (of: Proposals, size: number, nowSeconds: number): Proposal | undefined => {
  const { made, approved } = current(of, size, nowSeconds);
  return approved === undefined ? made.at(-1) : undefined;
};

/** What a person's word on a proposal changes; `fault` says why it changes nothing, with the mend. */
export const judged = (
  before: Proposals,
  { id, verdict, by }: Verdict,
  seen: { readonly size: number; readonly nowSeconds: number; readonly timeoutSeconds: number },
): { readonly proposals: Proposals; readonly fault?: string } => {
  const { size, nowSeconds, timeoutSeconds } = seen;
  const known = [...before.made, ...(before.approved === undefined ? [] : [before.approved])].find(
    (p) => p.id === id,
  );
  const now = current(before, size, nowSeconds);
  const refuse = (fault: string) => ({ proposals: now, fault });
  if (known === undefined) return refuse(`there is no proposal ${id}: give the id of one that stands`);
  if (known.from !== size)
    return refuse(
      `proposal ${id} was made at ${known.from} replicas, and now there are ${size}: await another`,
    );
  if (nowSeconds >= known.expiresAt) return refuse(`proposal ${id} has expired: await another`);
  const others = now.made.filter((p) => p.id !== id);
  if (verdict === 'approve') return { proposals: { ...now, made: others, approved: { ...known, by } } };
  const { approved, ...rest } = now;
  const { from, to } = known;
  return {
    proposals: {
      ...rest,
      made: others,
      ...(approved !== undefined && approved.id !== id && { approved }),
      refused: [...now.refused, { from, to, untilSeconds: nowSeconds + timeoutSeconds }],
    },
  };
};

/** What may be carried out at this instant on a target of this size. */
export const approvalFor = (of: Proposals, size: number, nowSeconds: number): Approval | undefined => {
  const { approved } = current(of, size, nowSeconds);
  return approved && { decisionId: approved.id, to: approved.to, by: approved.by };
};
