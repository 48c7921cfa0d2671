import { hostname } from 'node:os';
import { defaultResource } from '@opentelemetry/resources';

/** Who speaks, by the OpenTelemetry semantic conventions 1.45. */
export type Resource = Readonly<Record<string, string | number>> & {
  readonly 'service.name': string;
  readonly 'service.version': string;
  readonly 'service.instance.id': string;
};

export type Service = {
  readonly name: string;
  readonly version: string;
  readonly instanceId: string;
  /** What the configuration and the environment say of it, which goes before what is found here. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
};

export const resourceOf = (service: Service): Resource => ({
  ...sdk(),
  'service.name': service.name,
  'service.namespace': 'nimbusguard',
  'service.version': service.version,
  'service.instance.id': service.instanceId,
  'host.name': hostname(),
  'process.pid': process.pid,
  'process.runtime.name': 'nodejs',
  'process.runtime.version': process.versions.node,
  'process.runtime.description': 'Node.js',
  ...service.attributes,
});

/** telemetry.sdk.name, telemetry.sdk.language, telemetry.sdk.version. */
const sdk = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(defaultResource().attributes).filter(
      (entry): entry is [string, string] =>
        entry[0].startsWith('telemetry.sdk.') && typeof entry[1] === 'string',
    ),
  );
