import { cpus } from 'node:os';
import { type Figure, meets } from './figure.ts';

const shown = ({ value, digits = 3 }: Figure): string =>
  value >= 100 ? value.toFixed(0) : value.toPrecision(digits);

const verdict = (figure: Figure): string => {
  const met = meets(figure);
  return met === undefined ? '' : met ? 'met' : 'missed';
};

const line = (cells: readonly string[]): string =>
  `${cells[0]!.padEnd(52)} ${cells[1]!.padStart(8)} ${cells[2]!.padEnd(10)} ${cells[3]!.padEnd(7)} ${cells[4]!.padEnd(7)} ${cells[5]}`.trimEnd();

/** The machine, and what stands over the columns. */
export const figureHeads = (): string =>
  `${cpus()[0]?.model} × ${cpus().length}, Node ${process.versions.node}\n\n${line(['WHAT', 'FIGURE', 'UNIT', 'GOAL', '', ''])}\n`;

export const figureLine = (figure: Figure): string => {
  const { what, unit, goal = '', note = '' } = figure;
  return `${line([what, shown(figure), unit, goal, verdict(figure), note])}\n`;
};
