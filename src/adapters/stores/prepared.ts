import { type Compilable, CompiledQuery, type Kysely, type QueryResult } from 'kysely';
import type { Schema } from './schema.ts';

/** Stands in a query for a value that is known when it runs. */
class Place {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

const places = <V>(): V => new Proxy({}, { get: (_, name) => new Place(String(name)) }) as V;

/**
 * A query of the loop: Kysely writes it once, with its types, and it runs with other values each time. To write it costs
 * as much CPU as SQLite takes to do it. Values stand as they are given: no part of the text may hang on one.
 */
export const prepared = <V extends Readonly<Record<string, unknown>>>(
  write: (db: Kysely<Schema>, values: V) => Compilable,
): ((db: Kysely<Schema>, values: V) => Promise<QueryResult<unknown>>) => {
  // By database: each has a way of its own to write it, and its transactions share the adapter.
  const written = new WeakMap<object, CompiledQuery>();
  return (db, values) => {
    const { adapter } = db.getExecutor();
    let query = written.get(adapter);
    if (query === undefined) {
      query = write(db, places<V>()).compile();
      written.set(adapter, query);
    }
    const parameters = query.parameters.map((each) =>
      each instanceof Place ? (values[each.name] ?? null) : each,
    );
    return db.executeQuery(CompiledQuery.raw(query.sql, parameters));
  };
};
