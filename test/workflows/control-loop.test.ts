import { expect, test } from 'vitest';
import type { Cycle } from '#core/model';
import { watched } from '#test/house';
import { cycleId, startAt, target } from '#test/make';
import {
  type Agents,
  type ControlLoop,
  controlLoop,
  foldCycle,
  type WallClock,
} from '#workflows/control-loop';
import { type Memory, noMemory, remembering } from '#workflows/memory';
import { agentsOf } from '#workflows/turns';

const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const ticking = (): WallClock => {
  let now = 0;
  return () => now++;
};

/** Cycles of one target in a small world, one each 5 s. */
const run = async (
  chain: (agents: Agents, wall: WallClock) => ControlLoop,
  cycles: number,
): Promise<Cycle[]> => {
  const w = watched({ seconds: 5 * cycles });
  let memory: Memory = noMemory;
  const turn = chain(
    agentsOf(w, 1, () => memory),
    ticking(),
  );
  const done: Cycle[] = [];
  for (let i = 0; i < cycles; i++) {
    const atSeconds = startAt + 5 * i;
    await w.clock.until(atSeconds);
    const start = { id: cycleId(atSeconds), ...ids, target: target(), spec: w.spec, atSeconds };
    const cycle = await turn(start);
    memory = remembering(memory, cycle);
    done.push(cycle);
  }
  return done;
};

test('the graph and the fold run the same cycles', async () => {
  const [graph, fold] = [await run(controlLoop, 720), await run(foldCycle, 720)];
  expect(graph).toEqual(fold);
  expect(graph.filter((cycle) => cycle.outcome === 'scaled').length).toBeGreaterThan(100);
  expect(graph.filter((cycle) => cycle.learning !== undefined).length).toBeGreaterThan(600);
});

test('a cycle passes its stages in order, and each says when it ran', async () => {
  const [cycle] = await run(controlLoop, 1);
  // The wall clock of this test ticks once whenever it is read.
  expect(cycle!.stages).toEqual([
    { name: 'observe', startedAt: 0, seconds: 1 },
    { name: 'limits', startedAt: 3, seconds: 1 },
    { name: 'decide', startedAt: 2, seconds: 3 },
    { name: 'execute', startedAt: 6, seconds: 1 },
    { name: 'reward', startedAt: 8, seconds: 1 },
  ]);
});

const stages = ['observe', 'decide', 'execute', 'reward'] as const;
const chains = { graph: controlLoop, fold: foldCycle };
const failures = Object.entries(chains).flatMap(([name, chain]) =>
  stages.map((stage) => [name, stage, chain] as const),
);

test.each(failures)('%s: when %s throws, nothing after it happens', async (_, stage, chain) => {
  const ran: string[] = [];
  const sound = agentsOf(watched(), 1, () => noMemory);
  const noted = Object.fromEntries(
    stages.map((name) => [
      name,
      async (...given: Parameters<Agents[typeof name]>) => {
        ran.push(name);
        if (name === stage) throw new Error(`${name} broke`);
        return (sound[name] as (...a: unknown[]) => Promise<unknown>)(...given);
      },
    ]),
  ) as unknown as Agents;
  const start = { id: 'x', ...ids, target: target(), spec: watched().spec, atSeconds: startAt };
  await expect(chain(noted, () => 0)(start)).rejects.toThrow(`${stage} broke`);
  expect(ran).toEqual(stages.slice(0, stages.indexOf(stage) + 1));
});

test('a stop that comes before the write prevents it', async () => {
  const stop = new AbortController();
  const w = watched();
  const agents = agentsOf(w, 1, () => noMemory);
  const decide: Agents['decide'] = async (...given) => {
    stop.abort(new Error('stop'));
    return agents.decide(...given);
  };
  // Half a wave in, 700 requests a second want ten replicas more.
  const atSeconds = startAt + 300;
  await w.clock.until(atSeconds);
  const start = { id: 'x', ...ids, target: target(), spec: w.spec, atSeconds };
  await expect(controlLoop({ ...agents, decide }, () => 0)(start, stop.signal)).rejects.toThrow('stop');
  expect(w.world.workload.totals().scalings).toBe(0);
});
