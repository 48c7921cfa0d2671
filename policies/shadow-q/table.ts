import { contextCount } from '#policies/shadow-q/context';

export type TableSettings = { readonly experts: number; readonly stepSeconds: number };

/** Visits at which a context's own row weighs as much as the row of all contexts. */
const backOffVisits = 3600;
const horizonSeconds = 1800;
const halfLifeSeconds = 3 * 3600;
/** Another expert must be better by this share of the value to take charge. */
const hysteresis = 0.005;

/**
 * Q(s, e): the discounted reward of staying with expert e from context s on. Every expert runs in a shadow on the
 * recorded demand, which does not depend on us; so every row is learnt from every step, in hindsight, none by exploring:
 *
 *   Q(s, e) += alpha·(r_e + gamma·V(s', e) − Q(s, e))     for all e
 *   alpha = max(1/(visits + 1), (1 − 2^(−Δ/3 h))/(1 − gamma))           gamma = exp(−Δ/30 min)
 *   V(s, e) = (n·Q(s, e) + n0·Q̄(e))/(n + n0)             Q̄: the same without contexts
 *
 * A bootstrapped value forgets with rate alpha·(1 − gamma), not alpha: divided by it, rewards count with a half-life
 * of 3 h. Undivided, the first minutes would still decide after weeks.
 */
export const expertTable = ({ experts, stepSeconds }: TableSettings) => {
  const Q = new Float64Array(contextCount * experts);
  const Qbar = new Float64Array(experts);
  const visits = new Float64Array(contextCount);
  // [visits of all contexts, expert in charge]
  const scalars = new Float64Array(2);
  const gamma = Math.exp(-stepSeconds / horizonSeconds);
  const slowest = Math.min(1, (1 - 2 ** (-stepSeconds / halfLifeSeconds)) / (1 - gamma));

  const value = (s: number, e: number): number => {
    const n = visits[s]!;
    return (n * Q[s * experts + e]! + backOffVisits * Qbar[e]!) / (n + backOffVisits);
  };

  /** r[e] is the reward of the step from context s to s2 under expert e. */
  const update = (s: number, s2: number, r: Float64Array): void => {
    const alpha = Math.max(1 / (visits[s]! + 1), slowest);
    const alphaBar = Math.max(1 / (scalars[0]! + 1), slowest);
    for (let e = 0; e < experts; e++) {
      const i = s * experts + e;
      Q[i]! += alpha * (r[e]! + gamma * value(s2, e) - Q[i]!);
      Qbar[e]! += alphaBar * (r[e]! + gamma * Qbar[e]! - Qbar[e]!);
    }
    visits[s]!++;
    scalars[0]!++;
  };

  /** Who is in charge in context s, now. */
  const choose = (s: number): number => {
    let best = scalars[1]!;
    for (let e = 0; e < experts; e++) if (value(s, e) > value(s, best)) best = e;
    const present = value(s, scalars[1]!);
    if (value(s, best) > present + hysteresis * Math.abs(present)) scalars[1] = best;
    return scalars[1]!;
  };

  return {
    value,
    update,
    choose,
    visits: () => scalars[0]!,
    inCharge: () => scalars[1]!,
    learnt: { Q, Qbar },
    /** After older values were restored: the first expert is in charge until others prove better. */
    demoted: (): void => {
      scalars[1] = 0;
    },
    state: { Q, Qbar, visits, tableScalars: scalars },
  };
};

export type ExpertTable = ReturnType<typeof expertTable>;
