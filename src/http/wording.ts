import { inOneLine } from '#core/one-line';
import type { Worded } from '#ports';
import type { Message } from './event-stream.ts';

type End = Pick<Extract<Worded, { kind: 'end' }>, 'because' | 'detail'>;

/** What comes of a model stands in one line and steers no terminal. */
const plain = (words: Worded): Worded =>
  words.kind === 'sentence' ? { ...words, text: inOneLine(words.text).trim() } : words;

/** Server-sent events of an answer: itself at once, then the words of a model as they come. */
export const wordedStream = (
  answer: unknown,
  words: AsyncIterable<Worded> | undefined,
  signal: AbortSignal,
): { readonly messages: AsyncIterable<Message>; farewell(): Message } => {
  let end: End | { readonly because: 'not-worded' | 'shutting-down' } = { because: 'not-worded' };
  async function* messages(): AsyncGenerator<Message> {
    yield { event: 'answer', data: JSON.stringify(answer) };
    if (words === undefined) return;
    end = { because: 'shutting-down' };
    try {
      for await (const one of words) {
        const { kind, ...said } = plain(one);
        if (one.kind === 'end') end = said as End;
        else yield { event: kind, data: JSON.stringify(said) };
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
  return { messages: messages(), farewell: () => ({ event: 'end', data: JSON.stringify(end) }) };
};

export type Collected = {
  readonly sentences: string[];
  readonly leftOut: string[];
  readonly end: End;
};

/** All that a model says until `signal`. */
export const collected = async (words: AsyncIterable<Worded>, signal: AbortSignal): Promise<Collected> => {
  const [sentences, leftOut]: [string[], string[]] = [[], []];
  let end: End = { because: 'time' };
  try {
    for await (const one of words) {
      const said = plain(one);
      if (said.kind === 'sentence') sentences.push(said.text);
      else if (said.kind === 'left-out') leftOut.push(said.because);
      else end = { because: said.because, detail: said.detail };
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return { sentences, leftOut, end };
};
