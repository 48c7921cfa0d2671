import { setImmediate } from 'node:timers/promises';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import type { decider } from '#agents/decider';
import type { executor } from '#agents/executor';
import type { observer } from '#agents/observer';
import type { rewarder } from '#agents/rewarder';
import type { Call, Calls, Particulars } from '#core/calls';
import type {
  Agent,
  Credited,
  Cycle,
  Decision,
  LearningReport,
  Legal,
  Observation,
  Outcome,
  Spec,
  Stage,
  Target,
} from '#core/model';

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

const CycleState = Annotation.Root({
  id: Annotation<string>(),
  traceId: Annotation<string>(),
  spanId: Annotation<string>(),
  target: Annotation<Target>(),
  spec: Annotation<Spec>(),
  atSeconds: Annotation<number>(),
  observation: Annotation<Observation>(),
  decision: Annotation<Decision>(),
  outcome: Annotation<Outcome>(),
  error: Annotation<string | undefined>(),
  reward: Annotation<Credited | undefined>(),
  learning: Annotation<LearningReport | undefined>(),
  stages: Annotation<readonly Stage[] | undefined>(),
  particulars: Annotation<Particulars | undefined>(),
});

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
type Run = { readonly configurable?: { readonly signal?: AbortSignal; readonly stages?: Stages } };

const stagesIn = (run: Run): Stages => run.configurable!.stages!;

/**
 * The four agents as a graph. Nodes are verbs, keys are nouns: a node may not be named like a key. Whose agents they are
 * is told with each turn: a graph of its own would cost each target 27 kB.
 */
export const controlGraph = () =>
  new StateGraph(CycleState)
    .addNode('observe', (c: Turned, run: Run) => stagesIn(run).observe(c, run.configurable?.signal))
    .addNode('decide', (c: Turned, run: Run) => stagesIn(run).decide(c, run.configurable?.signal))
    .addNode('execute', (c: Turned, run: Run) => stagesIn(run).execute(c, run.configurable?.signal))
    .addNode('score', (c: Turned, run: Run) => stagesIn(run).reward(c, run.configurable?.signal))
    .addEdge(START, 'observe')
    .addEdge('observe', 'decide')
    .addEdge('decide', 'execute')
    .addEdge('execute', 'score')
    .addEdge('score', END)
    .compile();

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
