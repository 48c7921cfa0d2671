const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
    : value;

/** Equal values are equal texts: the API server hands keys out in another order than they were sent. */
export const orderedJson = (value: unknown): string => JSON.stringify(value, inOrder);
