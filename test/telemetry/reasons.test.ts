import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reasonLabel } from '#telemetry/reasons';

/** Words in the same spelling that are no reasons: kinds of Kubernetes, and an action that a spec names. */
const kinds = ['ReplicaSet', 'StatefulSet', 'ReplicationController', 'DaemonSet', 'HpaRule'];

test('every reason that policies and limits give is a label of its own', () => {
  const sources = globSync(['src/core/**/*.ts', 'policies/**/*.ts', 'agents/**/*.ts']);
  const said = sources.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/'([A-Z][a-z]+(?:[A-Z][a-z]*)+)'/g)].map(([, word]) => word!),
  );

  const unknown = new Set(said.filter((word) => !kinds.includes(word) && reasonLabel(word) !== word));

  expect(said).toContain('TooManyReplicas');
  expect([...unknown]).toEqual([]);
});

test('a reason from outside is other', () => {
  expect(reasonLabel('user 4711 said so')).toBe('other');
});
