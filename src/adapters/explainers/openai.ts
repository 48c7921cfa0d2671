import { createHash } from 'node:crypto';
import type { Evidence } from '#core/facts';
import type { Asked, Explained, Explainer, LookUp, ModelCall, SentenceOutcome, Worded } from '#ports';
import { allowance } from './allowance.ts';
import { answerCache } from './answer-cache.ts';
import { answered } from './answer-graph.ts';
import { type Settings, talkWith } from './chat.ts';
import { keptNow } from './look-ups.ts';
import { type End, modelFault } from './model-fault.ts';
import { hiding, promptsFor } from './prompts.ts';
import type { ExplainerWorld } from './registry.ts';

/** What was asked of what is known: the same again is worded the same. */
const keyOf = ({ cluster, target, question }: Asked, { text, facts }: Evidence): string =>
  createHash('sha256')
    .update(JSON.stringify([cluster, target, question, text, facts]))
    .digest('hex');

/** What is told of one answer once it has ended. */
const notesOf = () => {
  const calls: ModelCall[] = [];
  const lookUps: LookUp[] = [];
  const sentences: Record<SentenceOutcome, number> = { said: 0, rewritten: 0, 'left-out': 0 };
  return { calls, lookUps, sentences };
};

/** Words answers by a model behind OpenAI's chat completions. */
export const openaiExplainer = (
  settings: Settings,
  { now, retentionSeconds, explained }: ExplainerWorld,
): Explainer => {
  const allowed = allowance({ ...settings, now });
  const cache = answerCache({ most: settings.cachedAnswers, seconds: settings.cachedSeconds, now });
  const prompts = promptsFor(hiding(settings.apiKey));
  const closed = new AbortController();

  async function* fresh(
    asked: Asked,
    answer: Evidence,
    archive: Parameters<Explainer['word']>[2],
    signal: AbortSignal,
    notes: ReturnType<typeof notesOf>,
  ): AsyncGenerator<Worded, End> {
    const over = new AbortController();
    const limit = AbortSignal.timeout(settings.timeLimitSeconds * 1000);
    const stop = AbortSignal.any([signal, limit, over.signal, closed.signal]);
    try {
      allowed.enter();
    } catch (error) {
      return endOf(modelFault(error, now()));
    }
    const talk = talkWith({
      settings,
      allowance: allowed,
      now,
      signal: stop,
      called: (call) => notes.calls.push(call),
    });
    try {
      const session = {
        talk,
        prompts,
        archive,
        lookUps: settings.lookUps,
        kept: keptNow(now(), asked.atSeconds, retentionSeconds),
        now,
        looked: (look: LookUp) => notes.lookUps.push(look),
        said: new Set<string>(),
        sentence: (outcome: SentenceOutcome) => {
          notes.sentences[outcome]++;
        },
      };
      yield* answered({ asked, answer }, session, stop);
      return { kind: 'end', because: 'whole' };
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted)
        return {
          kind: 'end',
          because: 'time',
          detail: `it took longer than ${settings.timeLimitSeconds} s (explanations.timeLimitSeconds)`,
        };
      return endOf(modelFault(error, now()));
    } finally {
      over.abort();
      talk.close();
      allowed.leave();
    }
  }

  async function* word(
    ...[asked, answer, archive, signal]: Parameters<Explainer['word']>
  ): AsyncGenerator<Worded> {
    signal.throwIfAborted();
    const startedAt = now();
    const notes = notesOf();
    let outcome: Explained['outcome'] = 'left';
    try {
      const key = keyOf(asked, answer);
      const known = cache.get(key);
      if (known !== undefined) {
        outcome = 'cached';
        yield* known;
        return;
      }
      const words: Worded[] = [];
      const wording = fresh(asked, answer, archive, signal, notes);
      try {
        for (;;) {
          const { done, value } = await wording.next();
          words.push(value);
          if (done) outcome = value.because;
          if (done && value.because === 'whole') cache.put(key, words);
          yield value;
          if (done) return;
        }
      } finally {
        await wording.return({ kind: 'end', because: 'time' });
      }
    } finally {
      explained({ of: asked.of, startedAt, seconds: now() - startedAt, outcome, ...notes });
    }
  }

  return {
    name: 'openai',
    word,
    close: async () => closed.abort(),
  };
};

const endOf = ({
  because,
  message,
}: {
  readonly because: End['because'];
  readonly message: string;
}): End => ({
  kind: 'end',
  because,
  detail: message,
});
