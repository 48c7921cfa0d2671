import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PortError } from '#ports';
import { type Load, parseLoad } from '#simulator/load';

/** A file `seconds,rps` by its path, or one of experiments/loads by its bare name. */
export const readLoad = (load: string): Load => {
  const shipped = !/[/\\.]/.test(load);
  const file = shipped
    ? fileURLToPath(new URL(`../../experiments/loads/${load}.csv`, import.meta.url))
    : load;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const mend = shipped
      ? 'name one of experiments/loads, or give a path'
      : 'give the path of a file seconds,rps';
    throw new PortError(
      'load',
      `${load} cannot be read (${(cause as NodeJS.ErrnoException).code}): ${mend}`,
      { cause },
    );
  }
  return { ...parseLoad(load, text), name: basename(load, '.csv') };
};
