import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drawing, drawn } from '#workflows/drawing';

const page = readFileSync(new URL('../../docs/control-loop.md', import.meta.url), 'utf8');

test('the drawing in the docs is that of the graph; `make docs` draws it anew', async () => {
  expect(page).toBe(drawn(page, await drawing()));
});

test('a page without its marks is refused', () => {
  expect(() => drawn('# a page', 'graph TD;')).toThrow('put both lines back');
});
