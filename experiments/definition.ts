import { z } from 'zod';
import { drawings } from '#simulator/arrivals';
import { judgeRanges, type Range, trialRanges } from './judge-ranges.ts';

const within = ({ least, most, whole }: Range) =>
  (whole === true ? z.int() : z.number()).min(least).max(most);

const settings = z.record(z.string(), z.unknown());

const { seed, ...ranges } = { ...judgeRanges, ...trialRanges };
type Keys = keyof typeof ranges;

/** One value for each setting of the judge. */
const judgeSchema = z.strictObject(
  Object.fromEntries(Object.entries(ranges).map(([key, range]) => [key, within(range).optional()])) as Record<
    Keys,
    z.ZodOptional<z.ZodNumber>
  >,
);

/** Lists of values: each combination of them is a condition. */
const conditionSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(ranges).map(([key, range]) => [key, z.array(within(range)).min(1).optional()]),
  ) as Record<Keys, z.ZodOptional<z.ZodArray<z.ZodNumber>>>,
);

const span = z.tuple([z.number().min(0.1).max(10), z.number().min(0.1).max(10)]);

const contestantSchema = z.strictObject({
  name: z.string().min(1),
  /** Absent: the name is the policy's. */
  policy: z.string().min(1).optional(),
  settings: settings.default({}),
  /** A contestant for each combination of these: a frontier, and the best of them in hindsight. */
  sweep: z.record(z.string(), z.array(z.unknown()).min(1)).optional(),
});

export const definitionSchema = z.strictObject({
  /** What is to be found out, in one sentence. */
  question: z.string().min(1),
  /** Names of shipped loads, or paths of files `seconds,rps`, from the definition on. */
  loads: z.array(z.string().min(1)).min(1),
  drawings: z.array(z.enum(drawings)).min(1).default(['lines']),
  seeds: z.array(within(seed)).min(1).default([1]),
  /** How each seed changes the loads; absent: as recorded, a seed draws arrivals and the policies' chance alone. */
  vary: z
    .strictObject({
      offset: z.boolean().default(false),
      stretch: span.optional(),
      amplitude: span.optional(),
      /** The first hours alone, after all else. */
      hours: z.number().min(0.1).max(1e4).optional(),
    })
    .prefault({}),
  judge: judgeSchema.prefault({}),
  /** Beside the settings of `judge`; each object is a grid of its own. */
  conditions: z.array(conditionSchema).default([]),
  contestants: z.array(contestantSchema).min(1),
  /** Whose wins and losses are told, and against whom. */
  subject: z.string().default('shadow-q'),
  rival: z.string().default('hpa-tuned'),
});

export type Definition = z.output<typeof definitionSchema>;
export type ContestantDefinition = Definition['contestants'][number];
