import { PortError } from '#ports';

/** An API server refused, or did not answer (`code` undefined). */
export class KubeError extends PortError {
  readonly code: number | undefined;
  /** `Conflict`, `NotFound`, `Forbidden`, …: the server's own word. */
  readonly reason: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  constructor(
    message: string,
    given: {
      readonly code?: number | undefined;
      readonly reason?: string | undefined;
      readonly retryAfterSeconds?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super('kubernetes', message, given.cause === undefined ? undefined : { cause: given.cause });
    this.name = 'KubeError';
    this.code = given.code;
    this.reason = given.reason;
    this.retryAfterSeconds = given.retryAfterSeconds;
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Of PATCH; the default is `merge`. */
export type PatchType = 'merge' | 'json' | 'apply';

export type Sent = {
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  readonly patch?: PatchType | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutSeconds?: number | undefined;
};

export type ObjectMeta = {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly ownerReferences?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
  }[];
  readonly managedFields?: readonly {
    readonly manager?: string;
    readonly operation?: string;
    readonly subresource?: string;
    readonly time?: string;
    readonly fieldsV1?: unknown;
  }[];
};

export type KubeObject = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
};

export type WatchEvent<T extends KubeObject> = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
};

/** A Kubernetes API server, by paths: `/apis/apps/v1/namespaces/default/deployments/web/scale`. */
export type KubeApi = {
  readonly server: string;
  /** The parsed answer. Rejects with a KubeError unless the status is 2xx, with the signal's reason when that ends it. */
  request<T>(method: Method, path: string, sent?: Sent): Promise<T>;
  /** One watch until the server ends it; throws a KubeError on an ERROR event (410 among them). */
  watch<T extends KubeObject>(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>>;
  close(): void;
};
