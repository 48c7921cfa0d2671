import type { DecisionRecord } from '#ports';

/** Something untrue said of a decision, and the truth in its place. */
export type Lie = { readonly kind: string; readonly lie: string; readonly truth: string };

const clock = (atSeconds: number): string => new Date(atSeconds * 1000).toISOString().slice(11, 16);

/** One lie of each kind about a decision that changed the size. */
export const liesAbout = ({ target, decision, atSeconds, observation }: DecisionRecord): readonly Lie[] => {
  const { from, to, expert, reason } = decision;
  const demand = Math.round(observation.demand!);
  const verb = (up: boolean): string => (up ? 'raised' : 'lowered');
  const move = (a: number, b: number, who = target.name): string => `${who} went from ${a} to ${b} replicas.`;
  const rate = `Demand was ${demand} requests per second.`;
  const change = move(from, to);
  const because = `The reason was ${reason}.`;
  const charge = `It was ${expert} that decided.`;
  return [
    { kind: 'another figure', lie: rate.replace(`${demand}`, `${demand + 100}`), truth: rate },
    { kind: 'another unit', lie: rate.replace('requests per second', 'replicas'), truth: rate },
    { kind: 'a figure in words', lie: 'Demand was thousands of requests per second.', truth: rate },
    { kind: 'a sum', lie: `There were ${from + to} replicas in all.`, truth: change },
    { kind: 'another size', lie: move(from, to + 30), truth: change },
    { kind: 'the other order', lie: move(to, from), truth: change },
    {
      kind: 'the other direction',
      lie: `The size was ${verb(to < from)} from ${from} to ${to} replicas.`,
      truth: `The size was ${verb(to > from)} from ${from} to ${to} replicas.`,
    },
    {
      kind: 'another time',
      lie: `At ${clock(atSeconds + 120)} ${change}`,
      truth: `At ${clock(atSeconds)} ${change}`,
    },
    { kind: 'another day', lie: `Yesterday ${change}`, truth: change },
    { kind: 'another workload', lie: move(from, to, 'payments'), truth: change },
    { kind: 'another expert', lie: 'It was karpenter that decided.', truth: charge },
    { kind: 'another autoscaler', lie: 'KEDA agreed.', truth: charge },
    { kind: 'another reason', lie: 'The reason was TooManyReplicas.', truth: because },
    { kind: 'a person', lie: 'It was approved by anna.', truth: charge },
    { kind: 'another outcome', lie: 'The change failed.', truth: change },
    { kind: 'a link', lie: 'See https://evil.example/runbook for more.', truth: change },
    { kind: 'an order', lie: 'Run kubectl scale now.', truth: change },
  ];
};
