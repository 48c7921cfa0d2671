import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { configCheck } from '#cli/config-check';
import { readConfig } from '#config';

const home = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(home, path), 'utf8');
const papers = globSync('{*,docs/*,experiments/**/*}.md', { cwd: home, exclude: ['node_modules/**'] });

test.each(papers)('%s links to what is there', (paper) => {
  const links = [...read(paper).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link!);
  expect(links.filter((link) => !existsSync(join(home, dirname(paper), link)))).toEqual([]);
});

test.each(papers)('%s names targets that the Makefile has', (paper) => {
  const targets = [...read('Makefile').matchAll(/^([a-z-]+):/gm)].map(([, name]) => name);
  const named = [...read(paper).matchAll(/(?:`|^)make ([a-z-]+)/gm)].map(([, name]) => name);
  expect(named.filter((name) => !targets.includes(name))).toEqual([]);
});

test.each(globSync('docs/examples/*.json', { cwd: home }))('%s is a sound configuration', (example) => {
  const config = readConfig({ file: join(home, example), variables: {}, check: configCheck });
  expect(config.targets.filter(({ mode }) => mode !== 'Shadow')).toEqual([]);
});
