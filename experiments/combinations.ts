/** Every combination of one value from each list; the last list runs fastest. */
export const combinations = (
  lists: Readonly<Record<string, readonly unknown[] | undefined>>,
): readonly Readonly<Record<string, unknown>>[] =>
  Object.entries(lists).reduce<readonly Readonly<Record<string, unknown>>[]>(
    (all, [key, values]) =>
      values === undefined ? all : all.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );

/** `target=0.8 stabilizationSeconds=300` */
export const labelOf = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
