import type { Store } from '#ports';
import type { Answering } from '#workflows/answering';
import type { Frame } from './frame.ts';
import { plain } from './table.ts';

/** What a command tells: in words, or with --json as one value. */
export type Told = { readonly text: string; readonly json: object };

export const answerTold = async (
  store: Store,
  answers: Answering,
  asked: Parameters<Answering['answer']>[0],
): Promise<Told> => {
  const { answerView } = await import('#http/explanation-view');
  const answer = await answers.answer(asked);
  return { text: answer.evidence.text, json: await answerView(store, answer) };
};

export const printTold = (frame: Pick<Frame, 'json' | 'print'>, { text, json }: Told): void => {
  if (frame.json()) frame.print(JSON.stringify(json));
  else for (const line of text.split('\n')) frame.print(plain(line));
};
