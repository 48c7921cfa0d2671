import type { ObjectMeta } from './api.ts';

/** The name under which all of our own writes stand in managedFields. */
export const fieldManager = 'nimbusguard';

/** Somebody who owns a field of an object, out of its managedFields. */
export type FieldWriter = {
  readonly manager: string;
  readonly operation: string;
  /** `scale`, where it was written through it. */
  readonly subresource?: string | undefined;
  /** When it last changed any of its fields, in whole seconds; the API server keeps none of what is written through `scale`. */
  readonly atSeconds: number | undefined;
};

/** fieldsV1 names fields as `f:spec`, `f:replicas`. */
const owns = (fields: unknown, path: readonly string[]): boolean => {
  let at: unknown = fields;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return false;
    at = (at as Readonly<Record<string, unknown>>)[`f:${name}`];
  }
  return at !== undefined;
};

/** Who owns the field; several do where they wrote the same value. The newest comes first. */
export const fieldWriters = (meta: ObjectMeta, path: readonly string[]): readonly FieldWriter[] =>
  (meta.managedFields ?? [])
    .filter(({ fieldsV1 }) => owns(fieldsV1, path))
    .map(({ manager = '', operation = '', subresource, time }) => ({
      manager,
      operation,
      ...(subresource !== undefined && subresource !== '' && { subresource }),
      atSeconds: time === undefined ? undefined : Date.parse(time) / 1000,
    }))
    .toSorted((a, b) => (b.atSeconds ?? 0) - (a.atSeconds ?? 0));

/** `by kubectl, through scale, at 2026-11-27T16:00:00Z`. */
export const writerText = (writer: FieldWriter | undefined): string => {
  if (writer === undefined || writer.manager === '') return 'the object does not say by whom';
  const { manager, subresource, atSeconds } = writer;
  const through = subresource === undefined ? '' : `, through ${subresource}`;
  const at =
    atSeconds === undefined ? '' : `, at ${new Date(atSeconds * 1000).toISOString().replace('.000', '')}`;
  return `by ${manager}${through}${at}`;
};
