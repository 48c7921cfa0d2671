import type { Explained, Explainer } from '#ports';
import type { ExplainerSettings } from './explainer-settings.ts';

/** What an explainer is given beside its settings. */
export type ExplainerWorld = {
  /** Unix seconds, with decimals. */
  readonly now: () => number;
  /** How far back what is kept reaches. */
  readonly retentionSeconds: number;
  readonly explained: (explained: Explained) => void;
};

/** undefined: no model is named, or there is no key. Then nothing of it is even loaded. */
export const openExplainer = async (
  settings: ExplainerSettings,
  world: ExplainerWorld,
): Promise<Explainer | undefined> => {
  const { model, apiKey } = settings;
  if (model === undefined || apiKey === undefined) return undefined;
  const { openaiExplainer } = await import('./openai.ts');
  return openaiExplainer({ ...settings, model, apiKey }, world);
};
