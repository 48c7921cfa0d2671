import { setImmediate } from 'node:timers/promises';
import { Runnable, type RunnableConfig } from '@langchain/core/runnables';
import { EphemeralValue } from '@langchain/langgraph/channels';
import { Channel, Pregel } from '@langchain/langgraph/pregel';
import type { decider } from '#agents/decider';
import type { executor } from '#agents/executor';
import type { observer } from '#agents/observer';
import type { rewarder } from '#agents/rewarder';
import type { Call, Calls, Particulars } from '#core/calls';
import type { Agent, Cycle, Legal, Stage } from '#core/model';

/** The stages of a cycle in their order. */
export type Agents = {
  readonly observe: ReturnType<typeof observer>;
  readonly decide: ReturnType<typeof decider>;
  readonly execute: ReturnType<typeof executor>;
  readonly reward: ReturnType<typeof rewarder>;
};

export type CycleStart = Pick<Cycle, 'id' | 'traceId' | 'spanId' | 'target' | 'spec' | 'atSeconds'>;

/** Seconds by the wall clock, for the stages' timings alone. */
export type WallClock = () => number;

export type Turned = Cycle & { readonly particulars?: Particulars | undefined };

export type ControlLoop = (start: CycleStart, signal?: AbortSignal) => Promise<Turned>;

type Timed = { readonly stages: readonly Stage[]; readonly particulars?: Particulars };

const timed =
  <Reads extends keyof Cycle, Writes extends keyof Cycle>(
    name: string,
    agent: Agent<Reads, Writes>,
    wallClock: WallClock,
  ) =>
  async (
    cycle: Pick<Turned, Reads | 'stages' | 'particulars'>,
    signal?: AbortSignal,
  ): Promise<Pick<Cycle, Writes> & Timed> => {
    const parts: Stage[] = [];
    const note = (stage: string, startedAt: number): void => {
      parts.push({ name: stage, startedAt, seconds: wallClock() - startedAt });
    };
    const part = <T>(stage: string, work: () => T): T => {
      const startedAt = wallClock();
      const done = work();
      note(stage, startedAt);
      return done;
    };
    const made: Call[] = [];
    let legal: Legal | undefined;
    const allowed = (given: Legal): void => {
      legal = given;
    };
    const calls: Calls = {
      now: wallClock,
      made: (call) => made.push({ ...call, name: `${name}/${call.name}` }),
    };
    const startedAt = wallClock();
    const written = await agent(cycle, { signal, timed: part, calls, allowed });
    note(name, startedAt);
    const stages = [...(cycle.stages ?? []), ...parts];
    if (made.length === 0 && legal === undefined) return { ...written, stages };
    const before = cycle.particulars;
    const all = [...(before?.calls ?? []), ...made];
    return { ...written, stages, particulars: { calls: all, legal: legal ?? before?.legal } };
  };

const stagesOf = (agents: Agents, wallClock: WallClock) => ({
  observe: timed('observe', agents.observe, wallClock),
  decide: timed('decide', agents.decide, wallClock),
  execute: timed('execute', agents.execute, wallClock),
  reward: timed('reward', agents.reward, wallClock),
});

type Stages = ReturnType<typeof stagesOf>;
type Run = { readonly signal?: AbortSignal | undefined; readonly stages: Stages };

/**
 * A stage as a node: given the cycle so far, it gives the cycle with what the stage adds. Whose agents they are is told
 * with each turn: a graph of its own would cost each target 27 kB.
 */
class StageNode extends Runnable<Turned, Turned, RunnableConfig<Run>> {
  lc_namespace = ['nimbusguard'];
  readonly #run: (cycle: Turned, run: Run) => Promise<Partial<Turned>>;

  constructor(name: string, run: (cycle: Turned, run: Run) => Promise<Partial<Turned>>) {
    super();
    this.name = name;
    this.#run = run;
  }

  override async invoke(cycle: Turned, config?: Partial<RunnableConfig<Run>>): Promise<Turned> {
    return { ...cycle, ...(await this.#run(cycle, config!.configurable!)) };
  }
}

/** Reads the cycle from one channel, and writes it to the next. */
const between = (from: string, node: StageNode, to: string) =>
  Channel.subscribeTo(from)
    .pipe(node)
    .pipe(Channel.writeTo([to]));

const cycleChannel = () => new EphemeralValue<Turned>();

/**
 * The four agents as a graph of LangGraph's own runtime: a node runs when there is something in the channel that it
 * reads, and a channel is named for what is known of a cycle in it. A StateGraph of the same four takes twice as long.
 */
export const controlGraph = () =>
  new Pregel({
    channels: {
      started: cycleChannel(),
      observed: cycleChannel(),
      decided: cycleChannel(),
      executed: cycleChannel(),
      scored: cycleChannel(),
    },
    nodes: {
      observe: between(
        'started',
        new StageNode('observe', (c, { stages, signal }) => stages.observe(c, signal)),
        'observed',
      ),
      decide: between(
        'observed',
        new StageNode('decide', (c, { stages, signal }) => stages.decide(c, signal)),
        'decided',
      ),
      execute: between(
        'decided',
        new StageNode('execute', (c, { stages, signal }) => stages.execute(c, signal)),
        'executed',
      ),
      score: between(
        'executed',
        new StageNode('score', (c, { stages, signal }) => stages.reward(c, signal)),
        'scored',
      ),
    },
    inputChannels: 'started',
    outputChannels: 'scored',
    streamChannels: 'scored',
  });

const graph = controlGraph();

/** One turn of the loop by the graph. */
export const controlLoop = (agents: Agents, wallClock: WallClock): ControlLoop => {
  const stages = stagesOf(agents, wallClock);
  return async (start, signal) => {
    // Nodes without I/O run in microtasks: without a turn of the event loop, timers and HTTP would starve.
    await setImmediate();
    // The signal travels beside LangGraph's own: that one would leave the graph before a write has finished.
    return (await graph.invoke(start, { configurable: { signal, stages } })) as Turned;
  };
};

/** The same turn without the graph: the four agents awaited one after the other. */
export const foldCycle = (agents: Agents, wallClock: WallClock): ControlLoop => {
  const stages = stagesOf(agents, wallClock);
  return async (start, signal) => {
    const seen = { ...start, ...(await stages.observe(start, signal)) };
    const decided = { ...seen, ...(await stages.decide(seen, signal)) };
    const executed = { ...decided, ...(await stages.execute(decided, signal)) };
    return { ...executed, ...(await stages.reward(executed, signal)) };
  };
};
