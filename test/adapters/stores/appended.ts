import type { DecisionRecord } from '#ports';
import { cycleId, decision, observation, record, reward, startAt } from '#test/make';

/** The n-th turn of a loop: it credits the turn before and saw two minutes of arrivals, so that hours end often. */
export const appended = (n: number): DecisionRecord => {
  const atSeconds = startAt + 120 * n;
  const counts = Float32Array.from({ length: 120 }, () => n);
  return record({
    id: cycleId(atSeconds, n),
    atSeconds,
    decision: decision({ action: n % 3 === 0 ? 1 : 0 }),
    observation: observation({ atSeconds, arrivals: { startsAt: atSeconds - 120, stepSeconds: 1, counts } }),
    ...(n === 0
      ? {}
      : {
          reward: {
            decisionId: cycleId(atSeconds - 120, n - 1),
            traceId: '1'.repeat(32),
            spanId: '2'.repeat(16),
            reward: reward({ total: -n }),
          },
        }),
  });
};
