import { Command, CommanderError, InvalidArgumentError } from 'commander';

export const program = (name: string): Command =>
  new Command(name).exitOverride().showHelpAfterError('(--help says what there is)');

/** Ends the process after help (0) and at wrong usage (2), as `nimbusguard` does. */
export const endOf = (error: unknown): never => {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  throw error;
};

/** Reads the process's arguments. */
export const commandLine = <Options extends object>(command: Command): Options => {
  try {
    return command.parse().opts<Options>();
  } catch (error) {
    return endOf(error);
  }
};

export const numberFrom =
  (least: number) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(value >= least && value < Number.POSITIVE_INFINITY))
      throw new InvalidArgumentError(`Give a number from ${least} on.`);
    return value;
  };

export const wholeFrom =
  (least: number) =>
  (text: string): number => {
    const value = numberFrom(least)(text);
    if (!Number.isInteger(value)) throw new InvalidArgumentError('Give a whole number.');
    return value;
  };
