/** RFC 3339 as Kubernetes writes it: `2026-11-27T12:00:00Z`. */
export const timestamp = (atSeconds: number): string =>
  `${new Date(atSeconds * 1000).toISOString().slice(0, 19)}Z`;

/** With microseconds, as events and Leases have it. */
export const microTimestamp = (atSeconds: number): string =>
  `${new Date(atSeconds * 1000).toISOString().slice(0, 23)}000Z`;
