import { expect, test } from 'vitest';
import { fieldWriters } from '#kubernetes/field-writers';
import { leanPolicies } from '#kubernetes/lean-policy';
import type { ScalingPolicy } from '#kubernetes/scaling-policy';

const entry = (manager: string, fieldsV1: object, subresource?: string) => ({
  ...{ manager, operation: 'Update', time: '2026-01-05T02:14:00Z', fieldsType: 'FieldsV1', fieldsV1 },
  ...(subresource !== undefined && { subresource }),
});
const policyOf = (name: string) =>
  ({
    metadata: {
      name,
      managedFields: [
        entry('kubectl', { 'f:spec': { '.': {}, 'f:mode': {} } }),
        entry('nimbusguard', { 'f:status': { 'f:mode': {} } }, 'status'),
      ],
    },
    spec: { mode: 'Auto' },
    status: { mode: 'Auto' },
  }) as unknown as ScalingPolicy;

test('of a policy it is kept who wrote its spec, not who wrote its status', () => {
  const { metadata, ...rest } = leanPolicies()(policyOf('web'));
  expect(rest).toEqual({ spec: { mode: 'Auto' }, status: { mode: 'Auto' } });
  expect(fieldWriters(metadata, ['spec', 'mode'])).toEqual(
    fieldWriters(policyOf('web').metadata, ['spec', 'mode']),
  );
  expect(metadata.managedFields).toHaveLength(1);
});

test('policies that are written alike share what says so', () => {
  const lean = leanPolicies();
  const [one, other] = [lean(policyOf('web')), lean(policyOf('shop'))];
  expect(one.metadata.managedFields![0]!.fieldsV1).toBe(other.metadata.managedFields![0]!.fieldsV1);
});
