import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { type Config, ConfigError, environment, noColor, readConfig, withoutForeignTracing } from '#config';
import { redacted } from '#core/redact';
import { PortError } from '#ports';

/** What every command is given. */
export type Frame = {
  /** Data goes to standard output, a line at a time. */
  readonly print: (line: string) => void;
  /** Progress and remarks go to standard error. */
  readonly remark: (line: string) => void;
  /** The user wants one JSON value instead of text. */
  readonly json: () => boolean;
  readonly color: () => boolean;
  /** Read on demand: a command that needs none works beside a damaged one. */
  readonly config: () => Promise<Config>;
  /**
   * Ctrl-C and TERM; a second one ends the process at once. Whoever asks for it must end when it says so: as long as
   * nobody asks, the first one ends the process, even in the middle of a long calculation.
   */
  readonly signal: AbortSignal;
  readonly interrupted: () => boolean;
  readonly version: string;
  /** 0: fine, 1: failed, 2: findings. */
  exit(code: 0 | 1 | 2): void;
};

/** Why the process was asked to end. */
export class Stopped extends Error {
  readonly signal: 'SIGINT' | 'SIGTERM';
  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(signal === 'SIGINT' ? 'interrupted' : 'asked to end');
    this.name = 'Stopped';
    this.signal = signal;
  }
}

type Global = {
  readonly json?: true;
  readonly config?: string;
  readonly color: boolean;
  readonly debug?: true;
};

const exitCodes = { interrupted: 130, ended: 143, usage: 2 } as const;

const versionOf = (): string => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
};

const stopOnSignals = (): AbortController => {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.ended);
      stop.abort(new Stopped(signal));
    });
  }
  return stop;
};

/** Runs the command that `args` names; resolves to the exit code. */
export const main = async (args: readonly string[]): Promise<number> => {
  withoutForeignTracing();
  const variables = environment();
  let stop: AbortController | undefined;
  const version = versionOf();
  let code: number = 0;
  const program = new Command('nimbusguard');
  const global = (): Global => program.opts<Global>();
  const errorLine = (text: string): void => void process.stderr.write(`${redacted(text)}\n`);
  // A reader that has seen enough (`| head`) closes the pipe; that is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });

  const frame: Frame = {
    print: (line) => void process.stdout.write(`${line}\n`),
    remark: errorLine,
    json: () => global().json === true,
    color: () => global().color && !noColor(variables) && process.stdout.isTTY === true,
    config: async () => {
      const { configCheck } = await import('#cli/config-check');
      return readConfig({ file: global().config, variables, check: configCheck });
    },
    get signal() {
      stop ??= stopOnSignals();
      return stop.signal;
    },
    interrupted: () => (stop?.signal.reason as Stopped | undefined)?.signal === 'SIGINT',
    version,
    exit: (given) => {
      code = given;
    },
  };

  const { commands } = await import('#cli/commands');
  program
    .description('A reinforcement-learning autoscaler for Kubernetes that can explain every replica.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--config <file>', 'JSON file of the configuration (or NIMBUSGUARD_CONFIG)')
    .option('--json', 'print one JSON value instead of text')
    .option('--no-color', 'print without colours (also NO_COLOR=1)')
    .option('--debug', 'print the stack of an error')
    .addHelpText('after', '\nExit codes: 0 fine, 1 failed, 2 findings or wrong usage, 130 interrupted.')
    .showSuggestionAfterError()
    .exitOverride();
  for (const make of commands) program.addCommand(inherited(make(frame)));

  try {
    await program.parseAsync(args as string[], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    if (error instanceof Stopped) return error.signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.ended;
    errorLine(global().debug ? stackOf(error) : `nimbusguard: ${messageOf(error)}`);
    return error instanceof ConfigError ? exitCodes.usage : 1;
  }
};

/** Sub-commands do not take over by themselves that errors are thrown instead of ending the process. */
const inherited = (command: Command): Command => {
  command.exitOverride().showSuggestionAfterError();
  for (const sub of command.commands) inherited(sub as Command);
  return command;
};

/** One line, unless it is a list of faults. A fault that is not of a port or the configuration is ours. */
const messageOf = (error: unknown): string => {
  if (error instanceof PortError || error instanceof ConfigError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `${message.replaceAll(/\s*\n\s*/g, ' ')} (use --debug for more)`;
};

const stackOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
};
