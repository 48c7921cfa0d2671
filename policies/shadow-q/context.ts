import type { Situation } from '#policies/shadow-q/experts/two-lines/features';

/** Edges as measured on recorded loads: calm, usual, wild; falling, level, rising. */
const volatilityEdges = [0.08, 0.2];
const trendEdges = [-0.05, 0.05];
const grownUpSeconds = 4 * 3600;

export const contextCount = 36;

const bin = (edges: readonly number[], x: number): number => edges.filter((edge) => x >= edge).length;

export const contextOf = (s: Situation): number =>
  ((bin(volatilityEdges, s.volatility) * 3 + bin(trendEdges, s.trend)) * 2 + (s.seasonTrusted ? 1 : 0)) * 2 +
  (s.ageSeconds >= grownUpSeconds ? 1 : 0);

/** `volatility=2 trend=+1 season=0 age=1`: the context as people read it. */
export const contextName = (context: number): string => {
  const trend = (Math.floor(context / 4) % 3) - 1;
  const sign = trend > 0 ? '+' : '';
  return `volatility=${Math.floor(context / 12)} trend=${sign}${trend} season=${(context >> 1) & 1} age=${context & 1}`;
};

export const contextNames: readonly string[] = Array.from({ length: contextCount }, (_, c) => contextName(c));
