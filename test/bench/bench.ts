import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { type Figure, meets } from './figure.ts';

/** Each part has a process of its own: what one compiled or kept does not help or hinder the next. */
const parts = ['simulator', 'kernel', 'live', 'http', 'process', 'sources', 'targets', 'learning'] as const;

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

const shown = ({ value, digits = 3 }: Figure): string =>
  value >= 100 ? value.toFixed(0) : value.toPrecision(digits);
const verdict = (figure: Figure): string => {
  const met = meets(figure);
  return met === undefined ? '' : met ? 'met' : 'missed';
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !parts.some((part) => part === name));
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(', ')}. Known: ${parts.join(', ')}.\n`);
  process.exit(2);
}
const line = (cells: readonly string[]): string =>
  `${cells[0]!.padEnd(52)} ${cells[1]!.padStart(8)} ${cells[2]!.padEnd(10)} ${cells[3]!.padEnd(7)} ${cells[4]!.padEnd(7)} ${cells[5]}`.trimEnd();
process.stdout.write(`${cpus()[0]?.model} × ${cpus().length}, Node ${process.versions.node}\n\n`);
process.stdout.write(`${line(['WHAT', 'FIGURE', 'UNIT', 'GOAL', '', ''])}\n`);
for (const part of asked.length > 0 ? asked : parts) {
  process.stderr.write(`measuring ${part} …\n`);
  for (const figure of await measure(part)) {
    const cells = [
      figure.what,
      shown(figure),
      figure.unit,
      figure.goal ?? '',
      verdict(figure),
      figure.note ?? '',
    ];
    process.stdout.write(`${line(cells)}\n`);
  }
}
