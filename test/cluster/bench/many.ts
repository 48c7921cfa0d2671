/** Runs the work on all numbers below `count`, some at once. */
export const many = async (
  count: number,
  atOnce: number,
  work: (i: number) => Promise<unknown>,
): Promise<void> => {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
};
