import { readFile, stat } from 'node:fs/promises';
import type { Agent, AgentOptions } from 'node:https';
import { KubeError } from './api.ts';

export type Tls = Readonly<
  Pick<AgentOptions, 'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'rejectUnauthorized' | 'servername'>
>;

export type Access = {
  /** The same object until what stands in it changes: then connections are made anew. */
  readonly tls: Tls;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the proxy that a kubeconfig names, instead of one made of `tls`. */
  readonly agent?: Agent | undefined;
};

/** How to reach an API server, and how to prove to it who one is. */
export type Credentials = {
  readonly server: string;
  /** Who one is and what to look at when the server does not believe it; ends a sentence. */
  readonly mend: string;
  /** Asked before each request, so that what was rotated is seen. */
  access(): Promise<Access>;
  /** The server did not take them: the next `access` looks again. */
  refused(): void;
};

/** It may be as old as that; the kubelet renews a token when a fifth of its hour is left. */
const looksAgainAfterSeconds = 60;

const unreadable = (what: string, file: string, why: string | undefined): KubeError =>
  new KubeError(
    `the ${what} ${file} cannot be read (${why}): run with a ServiceAccount whose token is mounted, or give a kubeconfig`,
    { reason: 'NoCredentials' },
  );

/**
 * Of a pod: three files that the kubelet keeps fresh. The client library would do the same for 88 MB of memory and a TLS
 * connection for each request. `now`: seconds of a clock that never steps back.
 */
export const inClusterCredentials = (given: {
  readonly server: string;
  readonly tokenFile: string;
  readonly caFile: string;
  readonly now: () => number;
}): Credentials => {
  const { server, tokenFile, caFile, now } = given;
  let tls: Tls | undefined;
  let caChangedAtMs: number | undefined;
  let access: Access | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<Access> => {
    const at = now();
    const token = await readFile(tokenFile, 'utf8').catch((error: unknown) => {
      throw unreadable('token', tokenFile, (error as NodeJS.ErrnoException).code);
    });
    // With an empty one we would be nobody, and told that nobody may do this.
    if (token.trim() === '') throw unreadable('token', tokenFile, 'it is empty');
    try {
      const { mtimeMs } = await stat(caFile);
      if (tls === undefined || mtimeMs !== caChangedAtMs) tls = { ca: await readFile(caFile) };
      caChangedAtMs = mtimeMs;
    } catch (error) {
      throw unreadable('certificate authority', caFile, (error as NodeJS.ErrnoException).code);
    }
    lookedAt = at;
    access = { tls, headers: { authorization: `Bearer ${token.trim()}` } };
    return access;
  };
  return {
    server,
    mend: `look at the ServiceAccount whose token stands in ${tokenFile}`,
    access: async () =>
      access !== undefined && now() - lookedAt < looksAgainAfterSeconds
        ? access
        : look().catch((error: unknown) => {
            // While files are exchanged, what was read before is still good.
            if (access === undefined) throw error;
            return access;
          }),
    refused: () => {
      lookedAt = Number.NEGATIVE_INFINITY;
    },
  };
};
