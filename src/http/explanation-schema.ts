import { z } from '@hono/zod-openapi';
import { factUnits, nameKinds } from '#core/facts';
import { intents } from '#core/question';
import { SummaryView } from './record-schema.ts';

const text = z.string();
const instant = z.number().openapi({ description: 'Unix seconds' });

const FactView = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('number'), value: z.number(), unit: z.enum(factUnits), of: text }),
    z.object({ kind: z.literal('change'), from: z.number(), to: z.number(), atSeconds: instant, of: text }),
    z.object({ kind: z.literal('time'), atSeconds: instant, of: text }),
    z.object({ kind: z.literal('name'), name: text, of: z.enum(nameKinds) }),
  ])
  .openapi('Fact');

const Wording = z
  .object({
    by: text.openapi({ description: 'who words it' }),
    sentences: z.array(text).openapi({ description: 'each was checked against the facts' }),
    leftOut: z
      .array(text)
      .openapi({ description: 'why a sentence was left out: no fact bears out what it said' }),
    end: z.object({ because: text, detail: text.optional() }),
  })
  .openapi('Wording');

const worded = {
  text: text.openapi({ description: 'made from records alone' }),
  facts: z
    .array(FactView)
    .openapi({ description: 'every number, name and time of the text is one of these' }),
  decisions: z
    .array(z.object({ id: text, traceId: text, atSeconds: instant }))
    .openapi({ description: 'the decisions that it stands on, the one that matters most first' }),
  wording: Wording.optional(),
};

export const AnswerView = z
  .object({
    question: z.object({
      asked: text,
      understood: text,
      intent: z.enum(intents),
      direction: z.enum(['more', 'fewer']).optional(),
      replicas: z.number().optional(),
      cluster: text,
      atSeconds: instant,
      /** Where it is about a span of time. */
      fromSeconds: instant.optional(),
      toSeconds: instant.optional(),
      timeZone: text,
    }),
    ...worded,
  })
  .openapi('Answer');

export const ExplanationView = z.object({ id: text, ...worded, summary: SummaryView }).openapi('Explanation');
