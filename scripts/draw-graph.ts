import { readFileSync, writeFileSync } from 'node:fs';
import { answerGraph } from '#adapters/explainers/answer-graph';
import { controlGraph } from '#workflows/control-loop';
import { channelGraph, drawing, drawn } from '#workflows/drawing';

/** Writes the drawing of each graph into its page, between its two marks. */
const pages = [
  ['../docs/control-loop.md', channelGraph(controlGraph())],
  ['../docs/explanations.md', await answerGraph().getGraphAsync()],
] as const;
for (const [path, graph] of pages) {
  const page = new URL(path, import.meta.url);
  writeFileSync(page, drawn(readFileSync(page, 'utf8'), drawing(graph)));
}
