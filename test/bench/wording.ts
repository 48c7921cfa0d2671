import { preciseNow } from '#adapters/clocks/system';
import { explainerSchema } from '#adapters/explainers/explainer-settings';
import { openExplainer } from '#adapters/explainers/registry';
import { factCheck } from '#core/fact-check';
import type { Evidence, Fact } from '#core/facts';
import type { Archive } from '#ports';
import { type Step, saying, scriptedModel, wayOf } from '#test/adapters/explainers/scripted-model';
import { startAt, target } from '#test/make';
import { quantile, report } from './figure.ts';

const sentences = 40;
const answers = 10;

const facts: Fact[] = Array.from({ length: 500 }, (_, i) => ({
  kind: 'number',
  value: i,
  unit: 'replicas',
  of: 'size',
}));
const answer: Evidence = { text: 'Sizes between 0 and 499 replicas.', facts, decisions: [] };
const nothing = async (): Promise<Evidence> => ({ text: '', facts: [], decisions: [] });
const archive: Archive = {
  decision: nothing,
  history: nothing,
  gates: nothing,
  others: nothing,
  regret: nothing,
};

/** When the model ended each sentence: the moment before its last word is sent. */
let endedAt: number[] = [];
function* dictated(pauseMs: number): Generator<Step> {
  for (let i = 0; i < sentences; i++) {
    for (const say of [' It', ' was', ' at', ` ${i}`, ' replicas', ' then']) yield { say };
    endedAt.push(performance.now());
    // Where it pauses, no blank tells that the sentence has ended.
    yield { say: pauseMs > 0 ? '.' : '. ' };
    if (pauseMs > 0) yield { waitMs: pauseMs };
  }
  yield* saying('').slice(-2);
}

const delays = async (pauseMs: number): Promise<readonly number[]> => {
  const model = await scriptedModel((asked) =>
    wayOf(asked) === 'gather' ? saying('READY') : dictated(pauseMs),
  );
  const settings = explainerSchema.parse({
    model: 'small',
    apiKey: 'sk-bench',
    baseUrl: model.baseUrl,
    cachedAnswers: 0,
    requestsPerMinute: 1000,
  });
  const explainer = await openExplainer(settings, {
    now: preciseNow,
    retentionSeconds: 3600,
    explained: () => {},
  });
  const all: number[] = [];
  for (let n = 0; n < (pauseMs > 0 ? 1 : answers); n++) {
    endedAt = [];
    let heard = 0;
    const asked = { cluster: 'home', target: target(), question: `${n}`, atSeconds: startAt };
    for await (const word of explainer!.word(asked, answer, archive, new AbortController().signal))
      if (word.kind === 'sentence') all.push(performance.now() - endedAt[heard++]!);
  }
  await explainer!.close();
  await model.close();
  return all;
};

const text = 'At 02:14 the size of web was raised from 4 to 7 replicas, because nets-shipped saw 312 rps. ';
const check = factCheck(facts);
const startedAt = performance.now();
for (let i = 0; i < 1000; i++) check(text);
const perSentence = (performance.now() - startedAt) / 1000;

const at = await delays(0);
const paused = await delays(250);
report([
  {
    what: 'a checked sentence is out after the model ended it: p99',
    value: quantile(at, 0.99),
    unit: 'ms',
    goal: '< 300',
    note: `p50 ${quantile(at, 0.5).toFixed(1)} ms, longest ${Math.max(...at).toFixed(0)} ms, of ${at.length}`,
  },
  {
    what: 'the same, where the model pauses after each: longest',
    value: Math.max(...paused),
    unit: 'ms',
    goal: '< 300',
    note: `p50 ${quantile(paused, 0.5).toFixed(1)} ms, of ${paused.length}`,
  },
  { what: 'a sentence of 90 characters checked against 500 facts', value: perSentence * 1000, unit: 'µs' },
]);
