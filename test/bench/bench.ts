import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Argument } from 'commander';
import { commandLine, program } from './command-line.ts';
import type { Figure } from './figure.ts';
import { figureHeads, figureLine } from './figure-table.ts';

/** Each part has a process of its own: what one compiled or kept does not help or hinder the next. */
const parts = [
  'simulator',
  'kernel',
  'live',
  'telemetry',
  'http',
  'wording',
  'process',
  'sources',
  'targets',
  'learning',
  'log',
  'counterfactuals',
] as const;

const measure = (part: string): Promise<readonly Figure[]> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', join(import.meta.dirname, `${part}.ts`)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(out)) : reject(new Error(`${part} ended with ${code}`)),
    );
  });

const command = program('bench')
  .description('what the parts of the program cost, each in a process of its own')
  .addArgument(new Argument('[parts...]', 'which, instead of all').choices(parts));
commandLine(command);
const asked = command.processedArgs[0] as readonly string[];
process.stdout.write(figureHeads());
for (const part of asked.length > 0 ? asked : parts) {
  process.stderr.write(`measuring ${part} …\n`);
  for (const figure of await measure(part)) process.stdout.write(figureLine(figure));
}
