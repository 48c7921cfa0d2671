import { createHash } from 'node:crypto';
import { systemUser } from '#cli/system-user';
import type { Config } from '#config';
import { noted } from '#core/audit';
import { changesText, jsonChanges } from '#core/json-changes';
import { redacted } from '#core/redact';
import type { Store } from '#ports';

/** What begins otherwise than the run before it is something that a person wanted. Secrets are not kept, nor that they changed. */
export const noteConfiguration = async (given: {
  readonly config: Config;
  readonly version: string;
  readonly store: Pick<Store, 'audit' | 'audits'>;
  readonly now: () => number;
}): Promise<void> => {
  const { config, version, store } = given;
  const { cluster, kubernetes } = config;
  // Each replica has a name of its own.
  const shared = { version, ...config, kubernetes: kubernetes && { ...kubernetes, identity: undefined } };
  const text = redacted(JSON.stringify(shared));
  const configuration: unknown = JSON.parse(text);
  const { items } = await store.audits({ cluster, action: 'configuration', limit: 1 });
  const [before] = items;
  const changes = jsonChanges(before?.details?.configuration, configuration);
  if (before !== undefined && changes.length === 0) return;
  await store.audit({
    // Replicas that begin together with the same configuration note the same.
    id: `configuration/${createHash('sha256').update(`${before?.id} ${cluster} ${text}`).digest('hex')}`,
    atSeconds: given.now(),
    cluster,
    action: 'configuration',
    ...systemUser(),
    what: noted(before === undefined ? `begins with version ${version}` : changesText(changes)),
    details: { configuration, ...(before !== undefined && { changes }) },
  });
};
