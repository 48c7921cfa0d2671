/** JSON that keeps NaN and the infinities, which plain JSON turns into null without a word. */
const tag = '$number';

export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'number' && !Number.isFinite(part) ? { [tag]: String(part) } : part,
  );

export const fromJson = (text: string): unknown =>
  text.includes(`"${tag}"`)
    ? JSON.parse(text, (_key, part: unknown) =>
        typeof part === 'object' && part !== null && tag in part ? Number(part[tag]) : part,
      )
    : JSON.parse(text);
