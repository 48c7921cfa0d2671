import type { Cycle } from '#core/model';
import { policies } from '#policies/registry';
import { type FaultName, faultySource } from '#simulator/faults';
import { cycleId, spec, startAt, target } from '#test/make';
import { smallWorld } from '#test/small-world';
import { foldCycle } from '#workflows/control-loop';
import { type Memory, noMemory, remembering } from '#workflows/memory';
import { agentsOf } from '#workflows/turns';

/** The load of the small world rises from 0 to 300 s, falls from 300 to 600 s, and again every ten minutes. */
const seconds = 2400;

/** When the source is out of order. `grown`: seconds since the first order of more replicas after 600 s (at all, by a fixed size). */
export const moments = {
  start: (t: number) => t < 60,
  rising: (t: number) => t >= 700 && t < 790,
  falling: (t: number) => t >= 1000 && t < 1090,
  'after a scale-up': (_: number, grown: number | undefined) => grown !== undefined && grown < 60,
  'a long outage': (t: number) => t >= 960 && t < 1380,
  flapping: (t: number) => t >= 960 && t < 1380 && t % 10 === 0,
} as const;
export type Moment = keyof typeof moments;

/** Learning takes most of the time and decides nothing here: one moment of it is enough. */
const settingsOf = (policy: string, moment: Moment): Record<string, unknown> => {
  if (policy === 'static') return { replicas: moment === 'after a scale-up' ? 20 : 3 };
  if (policy === 'q-learning') return { explore: true };
  return policy === 'shadow-q' ? { learning: moment === 'a long outage' } : {};
};

export type Seen = Cycle & { readonly broken: boolean };

/** One run of the real agents over a simulated source that is out of order for a while. */
export const outage = async (policy: string, fault: FaultName, moment: Moment): Promise<readonly Seen[]> => {
  const world = smallWorld(seconds);
  let now = startAt;
  let grownAt: number | undefined;
  const broken = (at: number): boolean =>
    moments[moment](at - startAt, grownAt === undefined ? undefined : at - grownAt);
  const { source, scaler } = world.ports(() => now);
  let memory: Memory = noMemory;
  const agents = agentsOf(
    {
      target: target(),
      spec: spec(),
      mode: 'Auto',
      policy: policies[policy]!.make({ spec: spec(), seed: 5, settings: settingsOf(policy, moment) }),
      source: faultySource(source, fault, broken),
      scaler,
      clock: { now: () => now, until: async () => {} },
      memory,
    },
    1,
    () => memory,
  );
  const turn = foldCycle(agents, () => 0);
  const seen: Seen[] = [];
  for (; now < world.endsAt; now += spec().intervalSeconds) {
    const wasBroken = broken(now);
    const ids = { id: cycleId(now), traceId: '0'.repeat(32), spanId: '0'.repeat(16) };
    const cycle = await turn({ ...ids, target: target(), spec: spec(), atSeconds: now });
    memory = remembering(memory, cycle);
    seen.push({ ...cycle, broken: wasBroken });
    if (
      grownAt === undefined &&
      (policy === 'static' || now - startAt >= 600) &&
      cycle.decision.to > cycle.decision.from
    )
      grownAt = now;
  }
  return seen;
};
