import { z } from '@hono/zod-openapi';
import { intents } from '#core/question';
import { FactView } from './counterfactual-schema.ts';
import { SummaryView } from './record-schema.ts';

const text = z.string();
const instant = z.number().openapi({ description: 'Unix seconds' });

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
