import type { Token } from './scan.ts';

export type Direction = 'up' | 'down';

export const raising =
  /^(?:rais(?:e|es|ed|ing)|gr(?:ew|ow|ows|own|owing)|increas(?:e|es|ed|ing)|add(?:s|ed|ing)?|rose|ris(?:e|es|en|ing)|expand(?:s|ed)?|upscaled|climb(?:s|ed)?|jump(?:s|ed)?|soar(?:s|ed)?|bump(?:s|ed)|boost(?:s|ed)?|doubled|tripled)$/;
export const lowering =
  /^(?:lower(?:s|ed|ing)|shr(?:ank|inks?|unk|inking)|reduc(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|remov(?:e|es|ed|ing)|fell|fall(?:s|en)|drop(?:s|ped)?|cuts?|downscaled|trim(?:s|med)?|slash(?:es|ed)?|declin(?:e|es|ed)|sank|plunged|plummeted|halved)$/;
/** Verbs of moving say a direction only with a word after them. */
export const moving =
  /^(?:scal(?:e|es|ed|ing)|went|go(?:es|ing|ne)?|came|brought|taken?|took|mov(?:e|es|ed|ing)|stepped|set)$/;
const upwards = /^(?:up|out|upwards?)$/;
const downwards = /^(?:down|in|back|downwards?)$/;

/** What may be, or is not, is no claim of what was done. */
const unsaid =
  /^(?:may|might|would|could|can|cannot|will|should|must|never|not|no|nothing|none|neither|nor|without|if|unless|than|rather|nobody)$|n['’]t$/;

export const word = (tokens: readonly Token[], i: number): string => tokens[i]?.low ?? '';

/** How far a verb may stand from what it governs, in words. */
export const reach = 8;

export const directionAt = (tokens: readonly Token[], i: number): Direction | undefined => {
  const here = word(tokens, i);
  if (raising.test(here)) return 'up';
  if (lowering.test(here)) return 'down';
  if (!moving.test(here)) return undefined;
  const next = [word(tokens, i + 1), word(tokens, i + 2)];
  if (next.some((one) => upwards.test(one))) return 'up';
  // "set in", "taken in" are no moves.
  return next.some((one) => downwards.test(one)) && !/^(?:set|taken?|took|came)$/.test(here)
    ? 'down'
    : undefined;
};

/** Whether the verb at `i` is denied, or stands for what may be. */
export const isUnsaid = (tokens: readonly Token[], i: number): boolean => {
  if (word(tokens, i - 1) === 'to') return true;
  for (let at = i - 1; at >= Math.max(0, i - 5) && tokens[at]!.kind !== 'break'; at--)
    if (unsaid.test(word(tokens, at))) return true;
  return false;
};

export type Verb = { readonly direction: Direction; readonly at: number; readonly unsaid: boolean };

/** The nearest verb that has a direction, in the same clause. */
const nearest = (tokens: readonly Token[], from: number, step: 1 | -1): Verb | undefined => {
  for (let n = 0; n < reach; n++) {
    const at = from + n * step;
    const token = tokens[at];
    if (token === undefined || token.kind === 'break' || token.text === ';') return undefined;
    const direction = directionAt(tokens, at);
    if (direction !== undefined) return { direction, at, unsaid: isUnsaid(tokens, at) };
  }
  return undefined;
};

export const verbBefore = (tokens: readonly Token[], i: number): Verb | undefined =>
  nearest(tokens, i - 1, -1);
export const verbAfter = (tokens: readonly Token[], i: number): Verb | undefined => nearest(tokens, i, 1);
