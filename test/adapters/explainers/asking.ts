import { onTestFinished } from 'vitest';
import { preciseNow } from '#adapters/clocks/system';
import { type ExplainerSettings, explainerSchema } from '#adapters/explainers/explainer-settings';
import { openExplainer } from '#adapters/explainers/registry';
import type { Evidence, Fact } from '#core/facts';
import type { Archive, Asked, Explained, Explainer, Worded } from '#ports';
import { asked, evidence, found } from './evidence.ts';
import { type Script, scriptedModel } from './scripted-model.ts';

export const key = 'sk-test-0123456789abcdef0123456789';

/** Views that note which of them were looked at. */
export const archive = (overrides: Partial<Archive> = {}) => {
  const looks: string[] = [];
  const view =
    (name: keyof Archive, text: string, ...facts: readonly Fact[]) =>
    async (...times: readonly number[]): Promise<Evidence> => {
      looks.push(`${name} ${times.join(' ')}`);
      return found(text, ...facts);
    };
  const views: Archive = {
    decision: view('decision', 'Nothing else.'),
    history: view('history', '5 scalings.', { kind: 'number', value: 5, unit: 'count', of: 'scalings' }),
    gates: view('gates', 'All gates are open.'),
    others: view('others', 'The HPA would have kept 4 replicas.', {
      kind: 'name',
      name: 'hpa',
      of: 'autoscaler',
    }),
    regret: view('regret', '0.42 replica-hours.', {
      kind: 'number',
      value: 0.42,
      unit: 'replica-hours',
      of: 'regret',
    }),
    ...overrides,
  };
  return { ...views, looks: looks as readonly string[] };
};

export const settings = (overrides: Partial<ExplainerSettings> = {}): ExplainerSettings => ({
  // Whoever is to be given up soon says so: on a busy machine the others may take their time.
  ...explainerSchema.parse({ model: 'small', apiKey: key, timeLimitSeconds: 120 }),
  ...overrides,
});

/** An explainer in front of a model that does what the script says; both end with the test. */
export const explaining = async (
  script: Script,
  overrides: Partial<ExplainerSettings> = {},
  now: () => number = preciseNow,
) => {
  const model = await scriptedModel(script);
  const told: Explained[] = [];
  const explainer = (await openExplainer(settings({ baseUrl: model.baseUrl, ...overrides }), {
    now,
    retentionSeconds: 400 * 86_400,
    explained: (one) => void told.push(one),
  })) as Explainer;
  onTestFinished(async () => {
    await explainer.close();
    await model.close();
  });
  return { model, explainer, told: told as readonly Explained[] };
};

export const wordsOf = async (
  explainer: Explainer,
  given: {
    readonly asked?: Asked;
    readonly answer?: Evidence;
    readonly archive?: Archive;
    readonly signal?: AbortSignal;
  } = {},
): Promise<readonly Worded[]> =>
  Array.fromAsync(
    explainer.word(
      given.asked ?? asked(),
      given.answer ?? evidence(),
      given.archive ?? archive(),
      given.signal ?? new AbortController().signal,
    ),
  );

export const sentencesIn = (words: readonly Worded[]): readonly string[] =>
  words.flatMap((word) => (word.kind === 'sentence' ? [word.text] : []));
export const leftOutIn = (words: readonly Worded[]): readonly string[] =>
  words.flatMap((word) => (word.kind === 'left-out' ? [word.because] : []));
export const endIn = (words: readonly Worded[]) => {
  const ends = words.flatMap((word) => (word.kind === 'end' ? [word] : []));
  return ends.length === 1 && words.at(-1) === ends[0] ? ends[0] : undefined;
};
