import { z } from '@hono/zod-openapi';
import { factUnits, nameKinds } from '#core/facts';
import { directions, knobs } from '#core/gate';
import { outcomes } from '#core/model';
import { podBases } from '#core/others';

/** JSON has no NaN and no infinity: they arrive as null. */
const figure = z.number().nullable();
const text = z.string();

export const FactView = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('number'), value: figure, unit: z.enum(factUnits), of: text }),
    z.object({ kind: z.literal('change'), from: figure, to: figure, atSeconds: figure, of: text }),
    z.object({ kind: z.literal('time'), atSeconds: figure, of: text }),
    z.object({ kind: z.literal('name'), name: text, of: z.enum(nameKinds) }),
  ])
  .openapi('Fact');

const measure = {
  of: z.enum(knobs),
  value: z.union([figure, text]),
  unit: z.enum([...factUnits, 'time', 'state']),
  name: text.optional(),
};

const Gate = z
  .object({
    step: text.openapi({ description: 'expert, calm, a step of the limit chain, mode or write' }),
    isOpen: z.boolean(),
    reason: text.optional(),
    lets: z.object({ low: figure, high: figure }).optional(),
    present: z.array(z.object(measure)),
    openings: z.array(
      z.object({
        ...measure,
        is: z.enum(['at least', 'at most', 'equal']),
        exact: z.boolean().openapi({ description: 'tried in the rule itself; else an estimate' }),
        given: text.optional(),
      }),
    ),
    unknown: text.optional(),
  })
  .openapi('Gate');

export const GatesView = z
  .object({
    id: text,
    text,
    facts: z.array(FactView),
    ways: z.array(
      z.object({ direction: z.enum(directions), from: figure, goal: figure, gates: z.array(Gate) }),
    ),
  })
  .openapi('Gates');

export const OthersView = z
  .object({
    id: text,
    text,
    facts: z.array(FactView),
    from: figure,
    to: figure,
    outcome: z.enum(outcomes),
    reason: text,
    others: z.array(
      z.object({
        name: text,
        kind: z.enum(['autoscaler', 'expert']),
        settings: z.record(text, z.unknown()),
        to: figure.optional(),
        reason: text.optional(),
        worth: figure.optional(),
      }),
    ),
    looks: z.int().openapi({ description: 'looks before that the autoscalers remember' }),
    rebuilt: z.int().openapi({ description: 'of these, looks whose pods are rebuilt from mean CPU' }),
    basis: z.enum(podBases),
  })
  .openapi('Counterfactuals');
