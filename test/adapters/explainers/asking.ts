import { onTestFinished } from 'vitest';
import { preciseNow } from '#adapters/clocks/system';
import { type ExplainerSettings, explainerSchema } from '#adapters/explainers/explainer-settings';
import { openExplainer } from '#adapters/explainers/registry';
import type { Evidence, Fact } from '#core/facts';
import type { Archive, Asked, Explained, Explainer, Worded } from '#ports';
import { cycleId, startAt, target } from '#test/make';
import { type Script, scriptedModel } from './scripted-model.ts';

export const key = 'sk-test-0123456789abcdef0123456789';

/** 2026-01-05 02:14:05Z. */
export const at = startAt + 2 * 3600 + 14 * 60 + 5;

/** The newest decision of a target as the record tells it. */
export const evidence = (overrides: Partial<Evidence> = {}): Evidence => ({
  text: 'default/Deployment/web went from 4 to 7 replicas, 2026-01-05 02:14:05Z, because the size is below what the expert in charge holds to be the least, so it orders replicas (BelowLowLine).\nSeen: requests 312/s (2 s old); 4 of 4 replicas ready.\nIn charge: nets-shipped, of shadow-q.',
  facts: [
    { kind: 'change', from: 4, to: 7, atSeconds: at, of: 'size' },
    { kind: 'number', value: 312.4, unit: 'per-second', of: 'demand' },
    { kind: 'number', value: 2, unit: 'seconds', of: 'age' },
    { kind: 'name', name: 'default/Deployment/web', of: 'target' },
    { kind: 'name', name: 'BelowLowLine', of: 'reason' },
    { kind: 'name', name: 'requests', of: 'metric' },
    { kind: 'name', name: 'nets-shipped', of: 'expert' },
    { kind: 'name', name: 'shadow-q', of: 'policy' },
    { kind: 'name', name: 'scaled', of: 'outcome' },
  ],
  decisions: [cycleId(at)],
  ...overrides,
});

export const asked = (overrides: Partial<Asked> = {}): Asked => ({
  cluster: 'home',
  target: target(),
  question: 'why 7 replicas at 02:14?',
  atSeconds: at,
  ...overrides,
});

export const found = (text: string, ...facts: readonly Fact[]): Evidence => ({ text, facts, decisions: [] });

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
  ...explainerSchema.parse({ model: 'small', apiKey: key }),
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
