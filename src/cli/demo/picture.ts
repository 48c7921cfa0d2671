import type { Diary } from '#demo/diary';
import type { Judgement } from '#experiments/judge';
import { dayChart } from '#report/day-chart';
import { svgOf } from '#report/svg';
import type { Plan } from './plan.ts';
import { ours, peer } from './run.ts';

/** The day as SVG. */
export const drawDay = (
  { load, day, judge, arrivals }: Plan,
  { diary, judgement }: { readonly diary: Diary; readonly judgement: Judgement },
): Promise<string> => {
  const verdict = (policy: string) => judgement.policies.find(({ name }) => name === policy)!;
  const late = (policy: string): string => `${(100 * verdict(policy).lateShare).toFixed(1)} % late`;
  const cost = (policy: string): string => `${verdict(policy).ratio.toFixed(3)} (${late(policy)})`;
  const from = (arrivals.length - judgement.seconds) / 3600;
  const scored = from > 0 ? ` from hour ${from.toFixed(1)} on` : '';
  return svgOf(
    dayChart(diary, {
      title: `${load.name}, day ${day}: demand, and what each fleet could serve`,
      subtitle: [
        `Cost to the clairvoyant's${scored}: shadow-q ${cost(ours)}, HPA ${cost(peer)}.`,
        `One replica serves ${judge.capacity} requests/s and takes ${judge.startUpSeconds} s to start; the HPA holds CPU at 80 %.`,
      ],
      capacityPerReplica: judge.capacity,
      endSeconds: arrivals.length,
      names: ['shadow-q', 'HPA at 80 %'],
    }),
  );
};
