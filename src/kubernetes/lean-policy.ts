import type { ObjectMeta } from './api.ts';
import type { ScalingPolicy } from './scaling-policy.ts';

type Entry = NonNullable<ObjectMeta['managedFields']>[number];
type Fields = Entry['fieldsV1'];

/** Policies that are written alike own the same fields: so many kinds of them share one tree each. */
const mostKinds = 256;

/**
 * Makes of policies what is kept of them. Who owns the fields of a status is asked by nobody and would take as much room as
 * all else; who owns those of a spec is much the same for all.
 */
export const leanPolicies = () => {
  const kinds = new Map<string, Fields>();
  const shared = (fields: Fields): Fields => {
    const text = JSON.stringify(fields ?? {});
    const known = kinds.get(text);
    if (known !== undefined) return known;
    if (kinds.size >= mostKinds) kinds.clear();
    kinds.set(text, fields);
    return fields;
  };
  return (policy: ScalingPolicy): ScalingPolicy => {
    const { managedFields } = policy.metadata;
    if (managedFields === undefined) return policy;
    const kept = managedFields
      .filter(({ subresource }) => subresource !== 'status')
      .map((entry) => ({ ...entry, fieldsV1: shared(entry.fieldsV1) }));
    return { ...policy, metadata: { ...policy.metadata, managedFields: kept } };
  };
};
