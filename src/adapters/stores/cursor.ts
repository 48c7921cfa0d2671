import { CursorError } from '#ports';

/** Where a page ended. Pages run from the newest to the oldest, ties of one instant by id. */
export type Cursor = { readonly at: number; readonly id: string };

export const writeCursor = (cursor: Cursor): string =>
  Buffer.from(JSON.stringify([cursor.at, cursor.id])).toString('base64url');

export const readCursor = (place: string, text: string): Cursor => {
  try {
    const [at, id, ...rest] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if (typeof at === 'number' && typeof id === 'string' && rest.length === 0) return { at, id };
  } catch {
    // Falls through to the one error that a caller can act on.
  }
  throw new CursorError(
    place,
    `the cursor "${text}" did not come from a page: leave it out to begin with the first`,
  );
};
