import { type Kysely, sql } from 'kysely';
import { type Outcome, outcomes } from '#core/model';
import { type Mark, sumMarks, type Tally } from '#core/tally';
import type { Schema } from './schema.ts';

const notable = outcomes.filter((outcome) => outcome !== 'held');

/** Each count is read from an index alone; the conditions of partial ones stand in the text word for word. */
export const readTally = async (
  db: Kysely<Schema>,
  targetId: number,
  from: number,
  to: number,
): Promise<Tally> => {
  const within = db
    .selectFrom('decisions')
    .where('target_id', '=', targetId)
    .where('at', '>=', from)
    .where('at', '<', to);
  const count = within.select((e) => e.fn.countAll().as('count'));
  const decisions = Number((await count.executeTakeFirstOrThrow()).count);
  const counts = { held: decisions } as Record<Outcome, number>;
  for (const outcome of notable) {
    const rows = count.where('outcome', '=', outcome).where(sql<boolean>`notable = 1`);
    counts[outcome] = Number((await rows.executeTakeFirstOrThrow()).count);
    counts.held -= counts[outcome];
  }
  const marked = await within
    .select((e) => [
      'marks',
      e.fn.countAll().as('count'),
      e.fn.min('at').as('firstAt'),
      e.fn.max('at').as('lastAt'),
    ])
    .where(sql<boolean>`marks <> ''`)
    .groupBy('marks')
    .execute();
  const rows = marked.map(({ marks, count, ...times }) => ({
    ...times,
    count: Number(count),
    marks: marks!.split(' ') as Mark[],
  }));
  return { decisions, outcomes: counts, marks: sumMarks(rows) };
};
