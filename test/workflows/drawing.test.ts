import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { answerGraph } from '#adapters/explainers/answer-graph';
import { controlGraph } from '#workflows/control-loop';
import { channelGraph, drawing, drawn } from '#workflows/drawing';

test.each([
  ['control-loop', channelGraph(controlGraph())],
  ['explanations', await answerGraph().getGraphAsync()],
])('the drawing in docs/%s.md is that of the graph; `make docs` draws it anew', (name, graph) => {
  const page = readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');
  expect(page).toBe(drawn(page, drawing(graph)));
});

test('a page without its marks is refused', () => {
  expect(() => drawn('# a page', 'graph TD;')).toThrow('put both lines back');
});
