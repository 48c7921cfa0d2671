import { access, constants, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { Frame } from '#cli/frame';
import { numberIn } from '#cli/simulate/judge-options';
import type { Progress } from '#cli/simulate/judging';
import { table } from '#cli/table';
import type { Contestant, Judgement, Verdict } from '#experiments/judge';
import { PortError } from '#ports';
import type { Load } from '#simulator/load';

/** What a replica-hour costs, where the user says so. */
export type Money = { readonly perReplicaHour: number; readonly currency: string };

export type MoneyOptions = { readonly pricePerReplicaHour?: number; readonly currency: string };

export const moneyOptions = (): readonly Option[] => [
  new Option('--price-per-replica-hour <price>', 'also say what the replica-hours cost').argParser(
    numberIn({ least: 0, most: 1e6 }),
  ),
  new Option('--currency <name>', 'in which the price is').default('EUR').argParser((text) => {
    if (!/^\p{L}{1,8}$|^\p{Sc}$/u.test(text)) throw new InvalidArgumentError('Give a name like EUR.');
    return text;
  }),
];

export const moneyOf = ({ pricePerReplicaHour, currency }: MoneyOptions): Money | undefined =>
  pricePerReplicaHour === undefined ? undefined : { perReplicaHour: pricePerReplicaHour, currency };

/** What most people run today, after what would take its place. */
export const usualPolicies: readonly string[] = ['shadow-q', 'hpa', 'hpa-tuned', 'keda', 'kpa'];

/** `target=0.8 stabilizationSeconds=300` */
const settingsText = ({ settings }: Verdict): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' ') || '-';

export const verdictTable = (policies: readonly Verdict[], money?: Money): readonly string[] => {
  const price = money === undefined ? [] : [money.currency];
  const numbers = [
    'COST',
    'RATIO',
    'REPLICA-HOURS',
    ...price,
    'LATE %',
    'LATE MINUTES',
    'SCALINGS',
    'REVERSALS',
  ];
  return table(
    ['POLICY', ...numbers, 'SETTINGS'],
    policies.map((v) => [
      v.name,
      v.cost.toFixed(2),
      v.ratio.toFixed(3),
      v.replicaHours.toFixed(2),
      ...(money === undefined ? [] : [(v.replicaHours * money.perReplicaHour).toFixed(2)]),
      (100 * v.lateShare).toFixed(3),
      `${v.violationMinutes}`,
      `${v.scalings}`,
      `${v.reversals}`,
      settingsText(v),
    ]),
    numbers,
  );
};

/** The rest is the warm-up. */
export const scoredText = ({ seconds }: Judgement): string => `${(seconds / 3600).toFixed(2)} h scored.`;

/** The judgement with what it costs in money. */
export const withMoney = (judgement: Judgement, money: Money | undefined) =>
  money === undefined
    ? judgement
    : {
        ...judgement,
        ...money,
        policies: judgement.policies.map((v) => ({ ...v, money: v.replicaHours * money.perReplicaHour })),
      };

/** Who is at work, on standard error: in place on a terminal, else a line for each. */
export const reporter = (frame: Frame, contestants: readonly Contestant[], seconds: number) => {
  const inPlace = process.stderr.isTTY === true;
  const line = ({ name, atSeconds }: Progress): string => {
    const place = contestants.findIndex((each) => each.name === name) + 1;
    const share = atSeconds === undefined ? '' : ` ${Math.floor((100 * atSeconds) / seconds)} %`;
    return `${name} (${place} of ${contestants.length})${share}`;
  };
  return {
    show: (progress: Progress): void => {
      if (inPlace) process.stderr.write(`\r\u001b[K${line(progress)}`);
      else if (progress.atSeconds === undefined) frame.remark(line(progress));
    },
    clear: (): void => {
      if (inPlace) process.stderr.write('\r\u001b[K');
    },
  };
};

export const svgOption = (): Option =>
  new Option('--svg <file>', 'also draw it: demand, replica-hours, late requests, scalings');

const unwritable = (file: string, cause: unknown): PortError => {
  const why = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
  return new PortError('svg', `${file} cannot be written (${why}): give a path in a folder that is there`, {
    cause,
  });
};

/** Throws at once what would come to light only after minutes of judging. */
export const checkPicture = async (file: string | undefined): Promise<void> => {
  if (file !== undefined)
    await access(dirname(resolve(file)), constants.W_OK).catch((cause) => {
      throw unwritable(file, cause);
    });
};

/** The comparison as a picture, in a file. */
export const drawComparison = async (
  file: string,
  given: {
    readonly load: Load;
    readonly startsAt: number;
    readonly judgement: Judgement;
    readonly money: Money | undefined;
    readonly subtitle: readonly string[];
  },
): Promise<void> => {
  const [{ comparisonChart }, { svgOf }] = await Promise.all([
    import('#report/comparison-chart'),
    import('#report/svg'),
  ]);
  const { load, startsAt, judgement, money, subtitle } = given;
  const contestants = judgement.policies.map(({ name, replicaHours, lateShare, scalings }) => ({
    name,
    replicaHours,
    money: money && replicaHours * money.perReplicaHour,
    latePercent: 100 * lateShare,
    scalings,
  }));
  const title = `${load.name}: what each policy would have cost`;
  const caption = { title, subtitle, startsAt, currency: money?.currency };
  try {
    await writeFile(file, await svgOf(comparisonChart(load, contestants, caption)));
  } catch (cause) {
    throw unwritable(file, cause);
  }
};
