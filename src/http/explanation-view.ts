import type { z } from '@hono/zod-openapi';
import type { Evidence } from '#core/facts';
import { isAboutSpan, spanOf, understood } from '#core/question';
import type { Answer, DecisionRecord, Store } from '#ports';
import type { AnswerView, ExplanationView } from './explanation-schema.ts';
import { summaryView } from './record-view.ts';

const mostNamed = 20;

/** The decisions that are kept still, with their traces. */
const named = async (store: Pick<Store, 'decision'>, ids: readonly string[]) => {
  const records = await Promise.all(ids.slice(0, mostNamed).map((id) => store.decision(id)));
  return records.flatMap((record) =>
    record === undefined ? [] : [{ id: record.id, traceId: record.traceId, atSeconds: record.atSeconds }],
  );
};

export const answerView = async (
  store: Pick<Store, 'decision'>,
  { asked, question, evidence }: Answer,
): Promise<z.infer<typeof AnswerView>> => ({
  question: {
    asked: asked.question,
    understood: understood(question).text,
    intent: question.intent,
    direction: question.direction,
    replicas: question.replicas,
    cluster: asked.cluster,
    atSeconds: asked.atSeconds,
    ...(isAboutSpan(question) ? spanOf(question) : {}),
    timeZone: question.timeZone,
  },
  text: evidence.text,
  facts: [...evidence.facts],
  decisions: await named(store, evidence.decisions),
});

export const explanationView = async (
  store: Pick<Store, 'decision'>,
  record: DecisionRecord,
  { text, facts, decisions }: Evidence,
): Promise<z.infer<typeof ExplanationView>> => ({
  id: record.id,
  text,
  facts: [...facts],
  decisions: await named(store, decisions),
  summary: summaryView(record),
});
