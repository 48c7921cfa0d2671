import { table } from '#cli/table';
import type { Reward } from '#core/model';
import { explain } from '#core/narrate';
import type { Contestant, Judgement, Verdict } from '#experiments/judge';
import type { DecisionRecord } from '#ports';
import type { Place, Plan } from './plan.ts';
import { ours, peer } from './run.ts';

/** Who is compared at the end. Every fixed size runs, so that the best one is known in hindsight. */
export const contestants = (maxReplicas: number): readonly Contestant[] => [
  { name: ours },
  { name: peer },
  { name: `${peer}-tuned` },
  ...Array.from({ length: maxReplicas }, (_, i) => ({ name: 'static', settings: { replicas: i + 1 } })),
  { name: 'clairvoyant' },
];

/** Of several verdicts of one policy the cheapest stays. */
export const bestOfEach = (policies: readonly Verdict[]): readonly Verdict[] =>
  policies.filter((v) => !policies.some((other) => other.name === v.name && other.cost < v.cost));

const label = ({ name, settings }: Verdict): string => {
  const target = settings.target === undefined ? '' : ` ${Math.round(100 * Number(settings.target))} %`;
  if (name === peer) return 'HPA at 80 %';
  if (name === `${peer}-tuned`)
    return `HPA tuned:${target}, stabilization ${settings.stabilizationSeconds} s`;
  if (name === 'static') return `best fixed size: ${settings.replicas}`;
  return name;
};

const heads = ['POLICY', 'COST', 'RATIO', 'REPLICA-HOURS', 'LATE %', 'SCALINGS'];

/** Same decisions, to the last bit of their lines. */
export const agree = (live: Float64Array, folded: Float64Array): boolean =>
  live.length === folded.length && live.every((value, i) => Object.is(value, folded[i]));

/** How much there is to tell of a decision: an order that the other options would not have given. */
export const interest = ({ decision, outcome }: DecisionRecord): number => {
  const { from, to, values, limits } = decision;
  if (outcome !== 'scaled' || to <= from || limits.length > 0) return 0;
  return (to - from) * values.filter(({ replicas }) => replicas < to).length;
};

export type Played = {
  readonly judgement: Judgement;
  readonly decided: Float64Array;
  readonly folded: Float64Array;
  readonly told: (DecisionRecord & { readonly credited?: Reward | undefined }) | undefined;
};

/** Size and two lines each. */
const perDecision = 3;

export const summary = ({ judgement, decided, folded, told }: Played) => ({
  judgement,
  decisions: decided.length / perDecision,
  agree: agree(decided, folded),
  explained: told && { id: told.id, text: explain(told) },
});

const wide = 100;

/** Lines no longer than `wide`, what follows the first one set in. */
const wrapped = (line: string): readonly string[] => {
  const lines: string[] = [];
  let current = '  ';
  for (const word of line.split(' ')) {
    if (current.length + word.length > wide && current.trim() !== '') {
      lines.push(current.trimEnd());
      current = '    ';
    }
    current += `${word} `;
  }
  return [...lines, current.trimEnd()];
};

export const closingText = (
  { judgement, decisions, agree: agreed, explained }: ReturnType<typeof summary>,
  { judge }: Plan,
  place: Place,
): readonly string[] => [
  '',
  ...table(
    heads,
    judgement.policies.map((v) => [
      label(v),
      v.cost.toFixed(1),
      v.ratio.toFixed(3),
      v.replicaHours.toFixed(1),
      (100 * v.lateShare).toFixed(2),
      `${v.scalings}`,
    ]),
    heads.slice(1),
  ),
  'Cost: replica-hours, late requests priced in. Ratio: to the clairvoyant, who knows the future.',
  `Scored: the last ${(judgement.seconds / 3600).toFixed(1)} h. The HPA was tuned on the ${Math.round(100 * judge.warmUp)} % before, the fixed size picked in hindsight.`,
  agreed
    ? `Live run and fold agree: ${decisions} decisions.`
    : `Live run and fold DIFFER: the table tells of the fold, the view of the live run (${decisions} decisions).`,
  ...(explained === undefined
    ? []
    : ['', 'One decision, explained:', ...explained.text.split('\n').flatMap(wrapped)]),
  '',
  `Picture: ${place.picture}`,
  `All decisions are kept: NIMBUSGUARD_STORE=${place.store} ./nimbusguard history --changed`,
];
