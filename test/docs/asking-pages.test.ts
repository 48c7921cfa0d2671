import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const home = join(import.meta.dirname, '../..');
const pages = ['asking', 'explanations', 'tracing', 'decision-log', 'transcript'].map(
  (name) => [name, readFileSync(join(home, `docs/${name}.md`), 'utf8')] as const,
);

/** Words of each call of ours, of its quotes and remarks bereft. */
const callsIn = (page: string): readonly (readonly string[])[] =>
  [...page.matchAll(/\.\/nimbusguard ([^\n`]+)/g)].map(([, line]) =>
    line!
      .replaceAll(/"[^"]*"/g, 'X')
      .replace(/\s+[#>].*$/, '')
      .split(' '),
  );
const calls = pages.flatMap(([, page]) => callsIn(page));

const commands = new Map(
  calls.map((words) => {
    const named = words[0] === 'config' ? words.slice(0, 2) : words.slice(0, 1);
    return [named.join(' '), named];
  }),
);
const helpOf = new Map(
  [...commands].map(([name, words]) => [
    name,
    spawnSync(process.execPath, [join(home, 'nimbusguard'), ...words, '--help'], { encoding: 'utf8' }).stdout,
  ]),
);

describe('the pages on asking', () => {
  it('call commands and options that there are', () => {
    expect(calls.length).toBeGreaterThan(12);
    for (const [name, help] of helpOf) expect(help).toContain(`Usage: nimbusguard ${name}`);
    for (const words of calls) {
      const help = helpOf.get(words[0] === 'config' ? words.slice(0, 2).join(' ') : words[0]!)!;
      for (const option of words.filter((word) => word.startsWith('--')))
        expect(help).toContain(`${option} `);
    }
  });

  it.each(pages)('lead to pages and files that there are: %s', (_, page) => {
    for (const [, to] of page.matchAll(/\]\(([\w-]+\.md)\)/g))
      expect(existsSync(join(home, 'docs', to!)), to).toBe(true);
    for (const [path] of page.matchAll(/\b(?:src|manifests|scripts|test)\/[\w./-]*\w/g))
      expect(existsSync(join(home, path)), path).toBe(true);
  });
});
