import type { Config } from '#config';

/** What keeps a model from wording answers, though one was wanted: no fault, since all else goes on without it. */
export const explanationRemarks = ({ explanations: { model, apiKey } }: Config): readonly string[] =>
  model !== undefined && apiKey === undefined
    ? [
        'explanations.model is given, but no key: answers come in the words of the record alone; ' +
          'set OPENAI_API_KEY (for a server that asks for none, to any word)',
      ]
    : [];
