/** One line of the table. `goal`: `≥ 20` or `< 5`, in the figure's own unit. */
export type Figure = {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: `${'≥' | '<'} ${number}`;
  readonly note?: string;
  /** Significant digits; absent: three. */
  readonly digits?: number;
};

export const meets = ({ value, goal }: Figure): boolean | undefined => {
  if (goal === undefined) return undefined;
  const [sign, bound] = goal.split(' ') as [string, string];
  return sign === '<' ? value < Number(bound) : value >= Number(bound);
};

export const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
};

/** Of this thread on its core: what others do on the machine meanwhile does not count. */
export const coreSeconds = (run: () => void): number => {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1e6;
};

/** The figures of this part of the benchmark, for whoever started it. */
export const report = (figures: readonly Figure[]): void =>
  void process.stdout.write(`${JSON.stringify(figures)}\n`);
