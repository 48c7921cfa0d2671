import { isIP } from 'node:net';

export type Binding = {
  readonly host: string;
  /** Further names under which a browser may reach a server that is bound to loopback. */
  readonly names?: readonly string[] | undefined;
};

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/**
 * On loopback reading is free, and the Host header is checked; elsewhere the token guards reading too, and without one all
 * of /api is closed.
 */
export const bind = ({
  host,
  names = [],
}: Binding): { hosts: readonly string[] | undefined; closedReads: boolean } => {
  if (isLoopback(host))
    return { hosts: ['localhost', '127.0.0.1', '[::1]', hostOf(host), ...names], closedReads: false };
  return { hosts: undefined, closedReads: true };
};

/** As it stands in a URL. */
export const hostOf = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);
