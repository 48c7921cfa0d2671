import type { Evidence } from '#core/facts';
import type { Archive, Asked, Explainer } from '#ports';

/** Questions as they were asked, each with what the record answers. */
export type Interview = readonly {
  readonly asked: Asked;
  readonly answer: Evidence;
  readonly archive: Archive;
}[];

const indented = (text: string): string => text.replaceAll(/^/gm, '  ');

/** Each question, its answer from the record alone, and what each explainer makes of it. */
export async function* transcript(
  interview: Interview,
  explainers: readonly { readonly title: string; readonly explainer: Explainer }[],
  signal: AbortSignal,
): AsyncGenerator<string> {
  for (const { asked, answer, archive } of interview) {
    yield `> ${asked.question}`;
    yield `from the record:\n${indented(answer.text)}`;
    for (const { title, explainer } of explainers) {
      yield `${title}:`;
      for await (const word of explainer.word(asked, answer, archive, signal)) {
        if (word.kind === 'sentence') yield `  ${word.text}`;
        else if (word.kind === 'left-out') yield `  [left out: ${word.because}]`;
        else yield `  [${word.because}${word.detail === undefined ? '' : `: ${word.detail}`}]`;
      }
    }
    yield '';
  }
}
