import { expect, test } from 'vitest';
import { missingEntries, readLock } from '../../scripts/complete-lock.ts';

test('the lock is complete: npm ci takes it on every platform', () => {
  expect(missingEntries(readLock())).toEqual({});
});

test('the lock names no host: each machine installs from the registry that it is set to', () => {
  const named = Object.entries(readLock().packages).filter(([, { resolved }]) => resolved !== undefined);
  expect(named).toEqual([]);
});

test('a platform package that the registry lacks gets the entry that npm would write', () => {
  const packages = {
    'node_modules/tool': {
      dev: true,
      optionalDependencies: { '@tool/cli-linux-x64-musl': '^2.1.0', 'tool-extras': '1.0.0' },
    },
    'node_modules/tool/node_modules/other': {},
  };
  expect(missingEntries({ packages })).toEqual({
    'node_modules/@tool/cli-linux-x64-musl': {
      version: '2.1.0',
      cpu: ['x64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    },
  });
});
