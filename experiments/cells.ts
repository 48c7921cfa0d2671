import { createHash } from 'node:crypto';
import type { PolicySettings } from '#core/policy';
import type { Load } from '#simulator/load';
import { firstHours, type Variation, variationOf, varied } from '#simulator/vary';
import { combinations, labelOf } from './combinations.ts';
import type { ContestantDefinition, Definition } from './definition.ts';
import { judgeDefaults, type TrialSettings } from './judge-settings.ts';

/** The smallest piece of an experiment: one contestant on one load under one condition. */
export type Cell = {
  /** Hash of all that its verdict hangs on, but the sources. */
  readonly key: string;
  /** Cells of one ground share arrivals and the clairvoyant plan. */
  readonly groundKey: string;
  readonly condition: string;
  readonly load: string;
  readonly seed: number;
  readonly variation: Variation;
  readonly hours: number | undefined;
  /** As the definition names it; members of a sweep bear their values behind the name of the family. */
  readonly contestant: string;
  readonly family: string;
  readonly swept: boolean;
  readonly policy: string;
  readonly settings: PolicySettings;
  readonly trial: TrialSettings;
};

const sorted = (value: unknown): unknown =>
  value === null || typeof value !== 'object' || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value)
          .filter(([, inner]) => inner !== undefined)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, inner]) => [key, sorted(inner)]),
      );

const hashOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')
    .slice(0, 16);

const loadHash = ({ stepSeconds, rps }: Load): string =>
  createHash('sha256').update(`${stepSeconds} `).update(new Uint8Array(rps.buffer)).digest('hex');

type Entrant = Pick<Cell, 'contestant' | 'family' | 'swept' | 'policy' | 'settings'>;

export const entrantsOf = ({
  name,
  policy = name,
  settings,
  sweep,
}: ContestantDefinition): readonly Entrant[] =>
  sweep === undefined
    ? [{ contestant: name, family: name, swept: false, policy, settings }]
    : combinations(sweep).map((values) => ({
        contestant: `${name} ${labelOf(values)}`,
        family: name,
        swept: true,
        policy,
        settings: { ...settings, ...values },
      }));

export const baseCondition = 'as set';

export const conditionsOf = ({
  conditions,
}: Definition): readonly { readonly condition: string; readonly deviation: Partial<TrialSettings> }[] => [
  { condition: baseCondition, deviation: {} },
  ...conditions.flatMap((lists) =>
    combinations(lists).map((deviation) => ({ condition: labelOf(deviation), deviation })),
  ),
];

/** The load that a cell is run on. */
export const loadOf = (load: Load, { variation, hours }: Cell): Load => {
  const whole = varied(load, variation);
  return hours === undefined ? whole : firstHours(whole, hours);
};

/** All cells in the order of the definition. `loads` are those of the definition, in its order. */
export const cellsOf = (definition: Definition, loads: readonly Load[]): readonly Cell[] => {
  const entrants = definition.contestants.flatMap(entrantsOf);
  const { hours, ...ranges } = definition.vary;
  return conditionsOf(definition).flatMap(({ condition, deviation }) =>
    definition.drawings.flatMap((draw) =>
      loads.flatMap((load) => {
        const content = loadHash(load);
        return definition.seeds.flatMap((seed) => {
          const drawn = variationOf(load, ranges, seed);
          const asked = { ...judgeDefaults, ...definition.judge, ...deviation, draw, seed } as TrialSettings;
          // A load that is scaled to a share of the fleet takes its size from that share.
          const scaled = asked.scaleP95 !== undefined;
          const trial = scaled ? { ...asked, scaleP95: asked.scaleP95! * drawn.amplitude } : asked;
          const variation = scaled ? { ...drawn, amplitude: 1 } : drawn;
          const ground = { content, variation, hours, trial };
          const groundKey = hashOf(ground);
          return entrants.map((entrant) => ({
            key: hashOf({ ...ground, policy: entrant.policy, settings: entrant.settings }),
            groundKey,
            condition,
            load: load.name,
            seed,
            variation,
            hours,
            trial,
            ...entrant,
          }));
        });
      }),
    ),
  );
};
