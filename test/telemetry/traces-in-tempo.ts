import { expect } from 'vitest';
import { type ReadSpan, type ReadTrace, tempoTrace } from '#telemetry/tempo';
import type { Tempo } from '#test/components/start';

/** The trace, as soon as Tempo has it. */
export const traceIn = async ({ queryUrl }: Pick<Tempo, 'queryUrl'>, traceId: string): Promise<ReadTrace> => {
  let found: ReadTrace | undefined;
  const look = async () => {
    found = await tempoTrace(queryUrl, traceId);
    return found?.spans.length;
  };
  await expect.poll(look, { interval: 200 }).toBeGreaterThan(0);
  return found!;
};

/** Ids of the traces that have a span with this attribute. */
export const tracesWith = async (
  { queryUrl }: Pick<Tempo, 'queryUrl'>,
  attribute: string,
  value: string,
): Promise<readonly string[]> => {
  const response = await fetch(
    `${queryUrl}/api/search?${new URLSearchParams({ tags: `${attribute}="${value}"` })}`,
  );
  if (!response.ok) throw new Error(`[tempo] ${response.status} ${await response.text()}`);
  const { traces = [] } = (await response.json()) as { traces?: { traceID: string }[] };
  return traces.map(({ traceID }) => traceID.padStart(32, '0'));
};

export const named = ({ spans }: ReadTrace, name: string): ReadSpan => {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span ${name} among ${spans.map((s) => s.name).join(', ')}`);
  return found;
};

/** `parent > child`, sorted: the shape of a trace without its times. */
export const shapeOf = ({ spans }: ReadTrace): readonly string[] =>
  spans
    .map(({ name, parentSpanId }) => {
      const parent = spans.find(({ spanId }) => spanId === parentSpanId)?.name;
      return parent === undefined ? name : `${parent} > ${name}`;
    })
    .sort();
