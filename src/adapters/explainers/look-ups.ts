import type { Evidence } from '#core/facts';
import { type Archive, PortError } from '#ports';

const at = { type: 'string', description: 'a time in UTC, such as 2026-01-05T02:14:00Z' } as const;
const schemas = {
  moment: { type: 'object', properties: { at }, required: ['at'], additionalProperties: false },
  span: {
    type: 'object',
    properties: { from: at, to: at },
    required: ['from', 'to'],
    additionalProperties: false,
  },
} as const;

type Tool = {
  readonly name: string;
  readonly takes: keyof typeof schemas;
  readonly description: string;
  readonly look: (archive: Archive, from: number, to: number) => Promise<Evidence>;
};

/** The views of the archive: they read what is kept, and there is nothing else to call. */
const tools: readonly Tool[] = [
  {
    name: 'decision',
    takes: 'moment',
    description: 'The newest decision at a time, explained.',
    look: (archive, from) => archive.decision(from),
  },
  {
    name: 'history',
    takes: 'span',
    description: 'What changed, was limited, failed or was done by people between two times.',
    look: (archive, from, to) => archive.history(from, to),
  },
  {
    name: 'gates',
    takes: 'moment',
    description: 'What stood between the size at a time and another, and what would have opened it.',
    look: (archive, from) => archive.gates(from),
  },
  {
    name: 'others',
    takes: 'moment',
    description: 'What other autoscalers and each expert would have done at a time.',
    look: (archive, from) => archive.others(from),
  },
  {
    name: 'regret',
    takes: 'span',
    description: 'What was paid between two times, and what others would have paid.',
    look: (archive, from, to) => archive.regret(from, to),
  },
];

/** As chat completions take them. */
export const toolDefinitions = tools.map(({ name, takes, description }) => ({
  type: 'function' as const,
  function: { name, description, parameters: schemas[takes] },
}));

export type Wanted = { readonly name: string; readonly args: Readonly<Record<string, unknown>> };

const written = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z| ?UTC)?$/;
const longestSpanSeconds = 7 * 86_400;

/** Why the arguments of a look are no good. */
class Unfit extends Error {}

const timeIn = (value: unknown, name: string): number => {
  const text =
    typeof value === 'string' && written.test(value)
      ? value.replace(/ ?(?:Z|UTC)$/, '').replace(' ', 'T')
      : '';
  const milliseconds = Date.parse(text.includes('T') ? `${text}Z` : text);
  if (!Number.isFinite(milliseconds)) throw new Unfit(`${name} is no time such as 2026-01-05T02:14:00Z`);
  return milliseconds / 1000;
};

/** Times that a look is about, all of them kept and none to come. */
const timesOf = (
  { takes }: Tool,
  args: Wanted['args'],
  kept: { readonly from: number; readonly to: number },
): readonly [number, number] => {
  const [from, to] =
    takes === 'moment'
      ? [timeIn(args.at, 'at'), timeIn(args.at, 'at')]
      : [timeIn(args.from, 'from'), timeIn(args.to, 'to')];
  if (from < kept.from) throw new Unfit('nothing is kept of so long ago');
  if (to > kept.to) throw new Unfit('that time is still to come');
  if (takes === 'span' && !(from < to)) throw new Unfit('from is not before to');
  if (to - from > longestSpanSeconds) throw new Unfit('that is longer than seven days');
  return [from, to];
};

export type Looked = { readonly evidence: Evidence; readonly errorType?: string | undefined };

const untold = (text: string, errorType: string): Looked => ({
  evidence: { text, facts: [], decisions: [] },
  errorType,
});

/** Never rejects: a look that came to nothing says why. */
export const lookUp = async (
  { name, args }: Wanted,
  archive: Archive,
  kept: { readonly from: number; readonly to: number },
): Promise<Looked> => {
  const tool = tools.find((one) => one.name === name);
  if (tool === undefined) return untold('There is no such tool.', 'unknown_tool');
  try {
    return { evidence: await tool.look(archive, ...timesOf(tool, args, kept)) };
  } catch (error) {
    if (error instanceof Unfit) return untold(`${name} was not looked up: ${error.message}.`, 'arguments');
    return untold(`${name} could not be looked up.`, error instanceof PortError ? error.place : 'failed');
  }
};

/** A minute for clocks that differ. Simulated time may be far from that on the wall. */
export const keptNow = (
  now: number,
  askedAt: number,
  retentionSeconds: number,
): { readonly from: number; readonly to: number } => ({
  from: Math.min(now, askedAt) - retentionSeconds,
  to: Math.max(now, askedAt) + 60,
});
