/** `2026-01-05 02:14:00Z` */
export const timeText = (atSeconds: number): string =>
  Number.isFinite(atSeconds) && Math.abs(atSeconds) < 8.64e12
    ? `${new Date(atSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}Z`
    : 'an unknown time';
