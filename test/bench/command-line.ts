import { Command, CommanderError } from 'commander';

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
