import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { Evidence } from '#core/facts';
import type { Asked } from '#ports';
import type { App, AppDependencies, AppEnv, AppSettings } from '../app-dependencies.ts';
import { questionsPath } from '../bearer.ts';
import { eventStream } from '../event-stream.ts';
import { AnswerView, ExplanationView } from '../explanation-schema.ts';
import { answerView, explanationView } from '../explanation-view.ts';
import { printable } from '../printable.ts';
import { problem, problems } from '../problem.ts';
import { idParams, questionBody, wordingQuery } from '../request-schema.ts';
import { streamClients } from '../stream-clients.ts';
import { collected, wordedStream } from '../wording.ts';
import { unknownDecision } from './decisions.ts';

const streamed =
  'As text/event-stream the event `answer` comes at once, then, where a language model is configured, `sentence` and `left-out` as it words it, and `end`.';

const content = (schema: z.ZodType) => ({
  'application/json': { schema },
  'text/plain': { schema: z.string() },
  'text/event-stream': { schema: z.string() },
});

const ask = createRoute({
  method: 'post',
  path: questionsPath,
  summary:
    'Ask about one target: why a size was what it was, why no other, what happened, what others would have done',
  description: `A question changes nothing, so it may be asked where reading is allowed. ${streamed}`,
  request: {
    query: wordingQuery,
    body: { required: true, content: { 'application/json': { schema: questionBody } } },
  },
  responses: {
    200: { description: 'the answer, with the facts that it stands on', content: content(AnswerView) },
    ...problems(400, 401, 403, 404, 413, 415, 503),
  },
});

const explanation = createRoute({
  method: 'get',
  path: '/api/v1/decisions/{id}/explanation',
  summary: 'Why it was decided so, in words made from the record alone',
  description: streamed,
  request: { params: idParams, query: wordingQuery },
  responses: {
    200: { description: 'the words, with the facts that they stand on', content: content(ExplanationView) },
    ...problems(400, 401, 404, 503),
  },
});

const supports = ['application/json', 'text/plain', 'text/event-stream'];

/** Of the time that a request has: the rest is for the answer itself. */
const wordingShare = 0.8;

type Answered = { readonly asked: Asked; readonly evidence: Evidence; view(): Promise<object> };

export const explanationRoutes = (app: App, deps: AppDependencies, settings: AppSettings): void => {
  const { store, answers, explainer } = deps;
  const { requestSeconds = 10 } = settings;
  const clients = streamClients(settings);

  /**
   * As it was asked for: words alone, a stream, or one value, with the words of a model or without. Which of them hangs on
   * a header, and the types of a route know nothing of headers: hence `as never`.
   */
  const reply = async (
    c: Context<AppEnv>,
    { asked, evidence, view }: Answered,
    wording: boolean | undefined,
  ) => {
    const type = accepts(c, { header: 'Accept', supports, default: 'application/json' });
    if (type === 'text/plain') return c.text(printable(`${evidence.text}\n`), 200);
    // Who asks for the head alone is given no stream and costs no model.
    const isHead = c.req.method === 'HEAD';
    const isStream = type === 'text/event-stream' && !isHead;
    const speaker = (wording ?? isStream) && !isHead ? explainer : undefined;
    if (!isStream && speaker === undefined) return c.json(await view(), 200);

    const client = clients.enter(c);
    if (client instanceof Response) return client;
    const wordsUntil = (signal: AbortSignal) =>
      speaker?.word(asked, evidence, answers.archive(asked.cluster, asked.target), signal);
    if (isStream) {
      clients.heads(c);
      const answer = await view().catch((error: unknown) => {
        client.leave();
        throw error;
      });
      const worded = wordedStream(answer, wordsUntil(client.signal), client.signal);
      return c.body(eventStream({ ...clients.streamed(c, client, deps.fault), ...worded }), 200);
    }
    const limit = AbortSignal.timeout(requestSeconds * wordingShare * 1000);
    const signal = AbortSignal.any([client.signal, c.req.raw.signal, limit]);
    try {
      const { sentences, leftOut, end } = await collected(wordsUntil(signal)!, signal);
      return c.json({ ...(await view()), wording: { by: speaker!.name, sentences, leftOut, end } }, 200);
    } finally {
      client.leave();
    }
  };

  app.openapi(ask, async (c) => {
    const { at, ...asked } = c.req.valid('json');
    const answer = await answers.answer({ ...asked, atSeconds: at });
    const answered = { ...answer, view: () => answerView(store, answer) };
    return reply(c, answered, c.req.valid('query').wording) as never;
  });

  app.openapi(explanation, async (c) => {
    const record = await store.decision(c.req.valid('param').id);
    if (!record) return problem(c, 404, unknownDecision);
    const { cluster, target, atSeconds } = record;
    const evidence = await answers.explain(record);
    const question = 'Why did this decision fall as it did?';
    const asked = { cluster, target, atSeconds, question, of: record };
    const answered = { asked, evidence, view: () => explanationView(store, record, evidence) };
    return reply(c, answered, c.req.valid('query').wording) as never;
  });
};
