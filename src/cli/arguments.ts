import { InvalidArgumentError } from 'commander';
import { zoneOf } from '#core/local-time';
import type { Target } from '#core/model';
import { readTimes } from '#core/question-time';

/** `--limit 20` */
export const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text) || Number(text) < 1)
    throw new InvalidArgumentError('Give a whole number, 1 or more.');
  return Number(text);
};

/** `web`, or `shop/Deployment/web`. */
export const targetArgument = (text: string): Target => {
  const parts = text.split('/');
  if (parts.some((part) => part === '') || (parts.length !== 1 && parts.length !== 3))
    throw new InvalidArgumentError('Give NAME or NAMESPACE/KIND/NAME.');
  const [namespace, kind, name] = parts.length === 3 ? parts : ['default', 'Deployment', parts[0]];
  return { namespace: namespace!, kind: kind!, name: name! };
};

/** Unix seconds, or RFC 3339. */
export const timeArgument = (text: string): number => {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (Number.isNaN(seconds))
    throw new InvalidArgumentError('Give Unix seconds or a time like 2026-01-05T12:00:00Z.');
  return seconds;
};

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `7d`, `90m`, `1h30m`: whole seconds. */
export const durationArgument = (text: string): number => {
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * unitSeconds[unit!]!, 0);
  if (parts.map(([part]) => part).join('') !== text || !(seconds >= 1))
    throw new InvalidArgumentError('Give a time like 15s, 24h, 7d or 1h30m.');
  return seconds;
};

/** Whether two times are read does not hang on when they are. */
const anyTime = 1e9;

/** `2 and 3`, `yesterday 14:00 and today 02:00`: as in a question. */
export const betweenArgument = (text: string): string => {
  if (readTimes(`between ${text}`, anyTime, zoneOf('UTC')).time.kind !== 'span')
    throw new InvalidArgumentError('Give two times, as in "2 and 3" or "yesterday 14:00 and today 02:00".');
  return text;
};
