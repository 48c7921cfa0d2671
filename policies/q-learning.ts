import { legal as legalAt } from '#core/limits';
import type { Choice, Legal, Observation, OptionValue, Transition } from '#core/model';
import type { Policy, PolicyMaker } from '#core/policy';
import type { Rng } from '#core/random';
import { weightedScore } from '#core/reward';
import { flag, number, read } from './settings.ts';

/**
 * Q-learning (Watkins 1989), as in Sutton and Barto, Reinforcement Learning, section 6.5, in their letters:
 *
 *   Q(S, A) ← Q(S, A) + alpha · [R + gamma · max_a Q(S', a) − Q(S, A)]
 *
 * or, by setting, Double Q-learning (van Hasselt 2010): a coin says which of two tables is updated, its greedy action
 * being worth what the other table says. S = CPU × memory × request rate × pods, in bins; A = hold, ±1 … ±10 replicas,
 * masked to the legal sizes before the choice and before bootstrapping.
 *
 * Rewards are never above 0, so a table that starts at 0 is optimistic: with alpha = .1 and gamma = .95 each of the 21
 * actions of every state is tried some hundred times before the first is believed to be bad (years of 15-s steps). It
 * starts at the worth of a mediocre policy instead (ibid., section 2.6).
 */
const name = 'q-learning';

export const qLearningSettings = {
  learningRate: number('alpha', 0.1, { least: 0, most: 1 }),
  discount: number('gamma', 0.95, { least: 0, most: 1 }),
  epsilonStart: number('share of random actions at first', 1, { least: 0, most: 1 }),
  epsilonDecay: number('factor on that share with each step of learning', 0.995, { least: 0, most: 1 }),
  epsilonEnd: number('share of random actions in the end', 0.01, { least: 0, most: 1 }),
  initialValue: number('Q of what was never tried; −6 is −.3 a step for ever', -6, {
    least: -1e6,
    most: 1e6,
  }),
  doubleQ: flag('two tables, each valuing the choice of the other', false),
  explore: flag('act at random with share epsilon; for simulation and Shadow alone', false),
};

const steps = 10;
const actions = 2 * steps + 1;
/** Hold first, then ever greater steps: of equal actions the smallest is chosen. */
const order = Array.from({ length: actions }, (_, i) => (i % 2 === 1 ? (i + 1) / 2 : 0 - i / 2));
const optionNames = order.map((a) => (a === 0 ? 'hold' : a > 0 ? `+${a}` : `${a}`));

/** Bin 0 is "not known": a missing metric is never zero. */
const cpuEdges = [0.5, 0.7, 0.9];
const memoryEdges = [0.8];
const shareBins = 10;
const size = {
  cpu: cpuEdges.length + 2,
  memory: memoryEdges.length + 2,
  rate: shareBins + 1,
  pods: shareBins,
};
const states = size.cpu * size.memory * size.rate * size.pods;

const known = (value: number | undefined): value is number => value !== undefined && value >= 0;

const bin = (value: number | undefined, edges: readonly number[]): number =>
  known(value) ? 1 + edges.filter((edge) => value >= edge).length : 0;

const shareBin = (share: number): number =>
  Math.max(0, Math.min(shareBins - 1, Math.floor(shareBins * share)));

type Bins = { readonly cpu: number; readonly memory: number; readonly rate: number; readonly pods: number };

const sampleOf = (o: Observation, metric: string): number | undefined =>
  o.samples.find((sample) => sample.metric === metric && sample.state === 'ok')?.value;

const encode = ({ cpu, memory, rate, pods }: Bins): number =>
  ((cpu * size.memory + memory) * size.rate + rate) * size.pods + pods;

type Table = Float64Array<ArrayBuffer>;
const toText = (table: Table | Uint32Array<ArrayBuffer>): string => new Uint8Array(table.buffer).toBase64();
const bytes = (text: string): ArrayBuffer => Uint8Array.fromBase64(text).buffer as ArrayBuffer;

type Data = {
  /** Of the tables; a table of another shape is not read. */
  readonly shape: readonly [states: number, actions: number];
  readonly tables: readonly string[];
  readonly visits: string;
  readonly epsilon: number;
  readonly coin: boolean;
  readonly backlog: number;
};

export const qLearning: PolicyMaker = ({ spec, settings, snapshot }): Policy => {
  const set = read(name, qLearningSettings, settings);
  const { learningRate: alpha, discount: gamma } = set;
  const data = snapshot?.policy === name ? (snapshot.data as Data) : undefined;
  const fits =
    data?.shape[0] === states && data.shape[1] === actions && data.tables.length === (set.doubleQ ? 2 : 1);
  const kept = fits ? data : undefined;
  const empty = (): Table => new Float64Array(states * actions).fill(set.initialValue);
  const Q = kept?.tables.map((text) => new Float64Array(bytes(text))) ?? [
    empty(),
    ...(set.doubleQ ? [empty()] : []),
  ];
  const visits = kept ? new Uint32Array(bytes(kept.visits)) : new Uint32Array(states * actions);
  const reward = weightedScore(spec, kept?.backlog);
  let epsilon = kept?.epsilon ?? set.epsilonStart;
  let coin = kept?.coin ?? false;
  let learned = kept === undefined ? 0 : snapshot!.experience;
  let lastAt = snapshot?.atSeconds ?? 0;
  let seen = visits.reduce((n, count) => n + (count > 0 ? 1 : 0), 0);

  const bins = (o: Observation): Bins => ({
    cpu: bin(sampleOf(o, 'cpu'), cpuEdges),
    memory: bin(sampleOf(o, 'memory'), memoryEdges),
    rate: known(o.demand) ? 1 + shareBin(o.demand / (spec.capacityPerReplica * spec.maxReplicas)) : 0,
    pods: shareBin((o.replicas.desired - 1) / spec.maxReplicas),
  });
  const at = (s: number, a: number): number => s * actions + steps + a;
  const worth = (i: number): number => (Q.length === 1 ? Q[0]![i]! : (Q[0]![i]! + Q[1]![i]!) / 2);
  const allowed = ({ from, low, high }: Legal, a: number): boolean => from + a >= low && from + a <= high;

  /** argmax over legal actions; holding is always legal. */
  const greedy = (s: number, mask: Legal, value: (i: number) => number, onlyTried: boolean): number => {
    let best = 0;
    let bestValue = onlyTried && visits[at(s, 0)] === 0 ? Number.NEGATIVE_INFINITY : value(at(s, 0));
    for (const a of order) {
      const i = at(s, a);
      if (!allowed(mask, a) || (onlyTried && visits[i] === 0)) continue;
      if (value(i) > bestValue) {
        best = a;
        bestValue = value(i);
      }
    }
    return best;
  };

  const decide = (o: Observation, legal: Legal, rng: Rng): Choice => {
    const b = bins(o);
    const s = encode(b);
    lastAt = o.atSeconds;
    coin = set.doubleQ && rng.next() < 0.5;
    const explored = set.explore && rng.next() < epsilon;
    const options = explored ? order.filter((a) => allowed(legal, a)) : [];
    // What was never tried is worth a guess: good enough for exploring, unsafe in production.
    const action = explored ? options[rng.integer(options.length)]! : greedy(s, legal, worth, !set.explore);
    const values: OptionValue[] = [];
    for (const [n, a] of order.entries())
      if (visits[at(s, a)]! > 0)
        values.push({ option: optionNames[n]!, replicas: legal.from + a, value: worth(at(s, a)) });
    return {
      action,
      state: `cpu=${b.cpu} memory=${b.memory} rate=${b.rate} pods=${b.pods}`,
      explored,
      reason: explored ? 'Explored' : values.length === 0 ? 'NeverTried' : 'GreatestValue',
      values,
    };
  };

  const learn = ({ observation, decision, reward: { total: r }, next }: Transition) => {
    const a = decision.to - decision.from;
    const figures = (tdError: number, n: number) => ({
      epsilon: set.explore ? epsilon : 0,
      tdError,
      visits: n,
      coverage: seen / visits.length,
    });
    if (!Number.isFinite(r) || !(Math.abs(a) <= steps)) return figures(0, 0);
    const i = at(encode(bins(observation)), a);
    const s2 = encode(bins(next));
    const A = Q[coin && Q.length === 2 ? 1 : 0]!;
    const B = Q.length === 1 ? A : Q[coin ? 0 : 1]!;
    const best = greedy(s2, legalAt(next, spec), (j) => A[j]!, false);
    const tdError = r + gamma * B[at(s2, best)]! - A[i]!;
    A[i] = A[i]! + alpha * tdError;
    if (visits[i] === 0) seen++;
    visits[i]!++;
    learned++;
    epsilon = Math.max(set.epsilonEnd, epsilon * set.epsilonDecay);
    return figures(tdError, visits[i]!);
  };

  return {
    name,
    decide,
    score: reward.score,
    learn,
    snapshot: () => ({
      schemaVersion: 1,
      policy: name,
      atSeconds: lastAt,
      experience: learned,
      data: {
        shape: [states, actions],
        tables: Q.map(toText),
        visits: toText(visits),
        epsilon,
        coin,
        backlog: reward.backlog(),
      } satisfies Data,
    }),
    tableVersion: () => learned,
  };
};
