import { Annotation, END, GraphRecursionError, START, StateGraph } from '@langchain/langgraph';
import { type Claim, factCheck } from '#core/fact-check';
import type { Evidence, Fact } from '#core/facts';
import { targetKey } from '#core/model';
import { inOneLine } from '#core/one-line';
import type { Archive, Asked, LookUp, SentenceOutcome, Worded } from '#ports';
import type { Talk } from './chat.ts';
import { lookUp, type Wanted } from './look-ups.ts';
import { ModelFault } from './model-fault.ts';
import type { Prompts } from './prompts.ts';
import { spoken } from './spoken.ts';

const gatherTokens = 1000;
const wordTokens = 2000;
const rewriteTokens = 600;
/** After so many in one answer the model is not worth more tokens. */
const mostRewrites = 6;
/** Two steps of the graph for each, and four for one that is written anew. */
const mostSteps = 1000;

/** What the nodes of one run work with. */
export type Session = {
  readonly talk: Talk;
  readonly prompts: Prompts;
  readonly archive: Archive;
  readonly lookUps: number;
  readonly kept: { readonly from: number; readonly to: number };
  readonly now: () => number;
  readonly looked: (look: LookUp) => void;
  /** Sentences that were said: none is said twice. */
  readonly said: Set<string>;
  readonly sentence: (outcome: SentenceOutcome) => void;
};

const AnswerState = Annotation.Root({
  asked: Annotation<Asked>(),
  answer: Annotation<Evidence>(),
  gathered: Annotation<readonly Evidence[]>({ reducer: (all, more) => [...all, ...more], default: () => [] }),
  wanted: Annotation<readonly Wanted[]>(),
  /** The model, in the middle of its answer. */
  voice: Annotation<AsyncGenerator<string, void> | undefined>(),
  /** The sentence that is being looked at; undefined: the answer is over. */
  draft: Annotation<string | undefined>(),
  claims: Annotation<readonly Claim[]>(),
  rewrites: Annotation<number>({ reducer: (sum, more) => sum + more, default: () => 0 }),
  isRewritten: Annotation<boolean>(),
});
type State = typeof AnswerState.State;
type Update = typeof AnswerState.Update;
type Run = {
  readonly configurable?: { readonly session?: Session };
  readonly writer?: (worded: unknown) => void;
};

const sessionOf = (run: Run): Session => run.configurable!.session!;
const say = (run: Run, worded: Worded): void => run.writer?.(worded);

/** The asker's own words are known, too: what is asked about, and when. */
const factsOf = ({ asked, answer, gathered }: State): readonly Fact[] => [
  { kind: 'name', name: targetKey(asked.target), of: 'target' },
  { kind: 'name', name: asked.cluster, of: 'cluster' },
  { kind: 'time', atSeconds: asked.atSeconds, of: 'the question' },
  ...answer.facts,
  ...gathered.flatMap(({ facts }) => facts),
];

/** Asks the model what else it has to see. */
const gather = async (state: State, run: Run): Promise<Update> => {
  const { talk, prompts, lookUps } = sessionOf(run);
  const left = lookUps - state.gathered.length;
  if (left <= 0) return { wanted: [] };
  const saying = talk.say(prompts.gather(state, left), { mostTokens: gatherTokens, tools: true });
  try {
    for (;;) {
      const { done, value } = await saying.next();
      if (done) return { wanted: value.slice(0, left) };
    }
  } catch (error) {
    // A model that talks instead of looking has nothing more to see.
    if (error instanceof ModelFault && error.errorType === 'length') return { wanted: [] };
    throw error;
  }
};

/** Looks up what the model wanted to see, and may see. */
const look = async ({ wanted }: State, run: Run): Promise<Update> => {
  const { archive, kept, now, looked } = sessionOf(run);
  const gathered: Evidence[] = [];
  for (const one of wanted) {
    const startedAt = now();
    const { evidence, errorType } = await lookUp(one, archive, kept);
    // A name that is no tool's may be anything.
    const tool = errorType === 'unknown_tool' ? 'unknown' : one.name;
    looked({ tool, startedAt, seconds: now() - startedAt, errorType });
    gathered.push(evidence);
  }
  return { gathered };
};

/** Waits for the next sentence. */
const listen = async (state: State, run: Run): Promise<Update> => {
  const { talk, prompts } = sessionOf(run);
  const voice = state.voice ?? spoken(talk.say(prompts.word(state), { mostTokens: wordTokens }));
  const { done, value } = await voice.next();
  return { voice, draft: done ? undefined : value, isRewritten: false };
};

/** Holds it against the facts, and says it if they bear it out. */
const check = (state: State, run: Run): Update => {
  const claims = factCheck(factsOf(state))(state.draft!);
  const { said, sentence } = sessionOf(run);
  if (claims.length > 0 || said.has(state.draft!)) return { claims };
  said.add(state.draft!);
  sentence(state.isRewritten ? 'rewritten' : 'said');
  say(run, { kind: 'sentence', text: inOneLine(state.draft!) });
  return { claims };
};

/** Has the model write it anew, told what is not borne out. */
const rewrite = async (state: State, run: Run): Promise<Update> => {
  const { talk, prompts } = sessionOf(run);
  const saying = talk.say(prompts.rewrite(state, state.draft!, state.claims), { mostTokens: rewriteTokens });
  // One was asked for. Where none came, the old one is looked at once more, and left out.
  let first: string | undefined;
  for await (const sentence of spoken(saying)) first ??= sentence;
  return { draft: first ?? state.draft, isRewritten: true, rewrites: 1 };
};

/** Names that nobody knows and what is foreign are not repeated: they are not fit to be read. */
const told = ({ kind, text }: Claim): string =>
  kind === 'name' || kind === 'foreign' || kind === 'outcome'
    ? { name: 'a name', foreign: 'a thing that has no place in it', outcome: 'an outcome' }[kind]
    : `the ${kind} "${inOneLine(text)}"`;

const leaveOut = ({ claims }: State, run: Run): Update => {
  sessionOf(run).sentence('left-out');
  const what = [...new Set(claims.map(told))].slice(0, 4).join(', ');
  say(run, { kind: 'left-out', because: `a sentence said ${what}, and no fact bears that out` });
  return {};
};

const afterCheck = ({ claims, isRewritten, rewrites }: State): 'listen' | 'rewrite' | 'leave' => {
  if (claims.length === 0) return 'listen';
  return isRewritten || rewrites >= mostRewrites ? 'leave' : 'rewrite';
};

/** Gathers what is to be known, then says what the model says as far as the facts bear it out. */
export const answerGraph = () =>
  new StateGraph(AnswerState)
    .addNode('gather', gather)
    .addNode('look', look)
    .addNode('listen', listen)
    .addNode('check', check)
    .addNode('rewrite', rewrite)
    .addNode('leave', leaveOut)
    .addEdge(START, 'gather')
    .addConditionalEdges('gather', ({ wanted }) => (wanted.length > 0 ? 'look' : 'listen'), [
      'look',
      'listen',
    ])
    .addEdge('look', 'gather')
    .addConditionalEdges('listen', ({ draft }) => (draft === undefined ? END : 'check'), ['check', END])
    .addConditionalEdges('check', afterCheck, ['listen', 'rewrite', 'leave'])
    .addEdge('rewrite', 'check')
    .addEdge('leave', 'listen')
    .compile();

const graph = answerGraph();

/** One answer, as it comes. */
export async function* answered(
  start: { readonly asked: Asked; readonly answer: Evidence },
  session: Session,
  signal: AbortSignal,
): AsyncGenerator<Worded> {
  let said = false;
  try {
    const words = await graph.stream(start, {
      streamMode: 'custom',
      signal,
      configurable: { session },
      recursionLimit: mostSteps,
    });
    for await (const worded of words as AsyncIterable<Worded>) {
      said = true;
      yield worded;
    }
  } catch (error) {
    throw error instanceof GraphRecursionError
      ? new ModelFault('budget', 'the model said more sentences than it may', 'steps')
      : error;
  }
  if (!said) throw new ModelFault('unreadable', 'the model said nothing', 'empty');
}
