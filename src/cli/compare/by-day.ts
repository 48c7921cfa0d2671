import type { Frame } from '#cli/frame';
import { table } from '#cli/table';
import { targetKey } from '#core/model';
import type { GapTreatment } from '#core/recording';
import { type Regret, regretAgainst } from '#core/regret';
import { timeText } from '#core/time-text';
import { PortError, type Store } from '#ports';
import type { Stretch } from '#workflows/counterfactuals';
import { paidIn, usualPeers } from './paid.ts';

const daySeconds = 86_400;

/** Days by UTC, the first and the last as much of them as is asked for. */
export const daysOf = ({ fromSeconds, toSeconds }: Stretch): readonly { from: number; to: number }[] => {
  const days: { from: number; to: number }[] = [];
  for (let at = fromSeconds; at < toSeconds; ) {
    const to = Math.min(toSeconds, (Math.floor(at / daySeconds) + 1) * daySeconds);
    days.push({ from: at, to });
    at = to;
  }
  return days;
};

type Day = { readonly day: string; readonly regret: Regret } | { readonly day: string; readonly why: string };

const dayText = (atSeconds: number): string => timeText(atSeconds).slice(0, 10);

const costOf = ({ paid }: Regret, name: string): number =>
  paid.find((each) => each.name === name)?.cost ?? Number.NaN;

const columns = ['done', 'wanted', ...usualPeers];
const heads = [
  'HOURS',
  ...columns.map((name) => name.toUpperCase()),
  ...usualPeers.map((name) => `- ${name}`),
];

const cells = (hours: number, cost: (name: string) => number): readonly string[] => [
  (hours / 3600).toFixed(2),
  ...columns.map((name) => cost(name).toFixed(2)),
  ...usualPeers.map((name) => (cost('done') - cost(name)).toFixed(2)),
];

const judged = (days: readonly Day[]): readonly { readonly day: string; readonly regret: Regret }[] =>
  days.filter((day) => 'regret' in day);

/** Each day that can be judged; the others say why not. */
export const paidByDay = async (
  store: Store,
  stretch: Stretch,
  gaps: GapTreatment | undefined,
  frame: Pick<Frame, 'signal' | 'remark'>,
): Promise<readonly Day[]> => {
  const days: Day[] = [];
  for (const { from, to } of daysOf(stretch)) {
    const day = dayText(from);
    try {
      const one = { ...stretch, fromSeconds: from, toSeconds: to };
      days.push({ day, regret: await paidIn(store, one, gaps, frame.signal) });
      frame.remark(`${day} is judged`);
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      days.push({ day, why: error.message });
    }
  }
  if (judged(days).length === 0)
    throw new PortError(
      'store',
      `no day of ${targetKey(stretch.target)} can be judged: ${(days[0] as { why: string }).why}`,
    );
  return days;
};

export const dayTable = (days: readonly Day[]): readonly string[] => {
  const all = judged(days);
  const hours = ({ fromSeconds, toSeconds }: Regret): number => toSeconds - fromSeconds;
  const rows = all.map(({ day, regret }) => [day, ...cells(hours(regret), (name) => costOf(regret, name))]);
  const sum = (of: (regret: Regret) => number): number =>
    all.reduce((total, { regret }) => total + of(regret), 0);
  const total = ['all', ...cells(sum(hours), (name) => sum((regret) => costOf(regret, name)))];
  return [
    ...table(['DAY', ...heads], [...rows, total], heads),
    '',
    'Cost: replica-hours, late requests priced in by the law, of what was done too. wanted: as the policy wanted it, from its own size and without limits. - hpa: what was done cost so much more than that; below zero it cost less.',
    ...days.flatMap((day) => ('why' in day ? [`${day.day} is left out: ${day.why}`] : [])),
  ];
};

/** The same for machines, with each regret. */
export const dayFacts = (days: readonly Day[]) =>
  days.map((day) =>
    'why' in day
      ? day
      : {
          day: day.day,
          ...day.regret,
          regret: Object.fromEntries(usualPeers.map((name) => [name, regretAgainst(day.regret, name)])),
        },
  );
