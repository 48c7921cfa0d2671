import type { Cycle, Decision } from '#core/model';
import { inWords } from '#core/reasons';

/** A number as people read it; one that is no number is said to be unknown. */
export const figure = (value: number | undefined, digits: number): string => {
  if (value === undefined || !Number.isFinite(value)) return 'unknown';
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
};

export const rate = (value: number | undefined): string =>
  figure(value, value !== undefined && Math.abs(value) < 10 ? 1 : 0);

export const sizeChange = ({ from, to }: Pick<Decision, 'from' | 'to'>): string =>
  from === to ? `stays at ${figure(to, 0)}` : `${figure(from, 0)} → ${figure(to, 0)}`;

/** Text from outside, such as names that somebody chose: no line ends, no characters that steer a terminal or hide. */
export const inOneLine = (text: string): string => text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ');

const wish = ({ decision: d }: Pick<Cycle, 'decision'>): string => {
  const { expert, lines, reason } = d;
  if (expert === undefined || lines === undefined) return inWords(reason);
  const [low, high] = [figure(lines.low, 1), figure(lines.high, 1)];
  if (reason === 'BelowLowLine') return `${expert} orders up to ${low}`;
  if (reason === 'AboveHighLine') return `${expert} releases down to ${high}`;
  if (reason === 'BetweenLines') return `${expert} would order below ${low} and release above ${high}`;
  return inWords(reason);
};

/** `5 → 7: demand is 412 rps; nets-learned orders up to 6.8`: a decision for a list or a live view. */
export const oneLine = (c: Pick<Cycle, 'decision' | 'observation' | 'outcome' | 'error'>): string => {
  const { demand } = c.observation;
  const seen = demand === undefined ? 'demand is not known' : `demand is ${rate(demand)} rps`;
  const limits = c.decision.limits.map(
    ({ step, to, reason }) => `; ${step} sets ${figure(to, 0)} (${reason})`,
  );
  const { holder } = c.observation;
  const held =
    holder === undefined ? '' : `; ${inOneLine(holder.writer)} sets the size too (${holder.reason})`;
  const outcome = {
    scaled: '',
    held: '',
    shadowed: '; only noted down (Shadow)',
    'awaiting-approval': '; waits for approval',
    failed: `; could not be set: ${inOneLine(c.error ?? 'the reason was not recorded')}`,
  }[c.outcome];
  return `${sizeChange(c.decision)}: ${seen}; ${wish(c)}${limits.join('')}${held}${outcome}`;
};
