import { type Runnable, RunnablePassthrough } from '@langchain/core/runnables';
import { Graph } from '@langchain/core/runnables/graph';

const marks = { from: '<!-- drawn by `make docs` -->', to: '<!-- end of the drawing -->' };

/** What is drawn of a graph of channels. */
type Channelled = {
  readonly nodes: Readonly<
    Record<
      string,
      { readonly bound: Runnable; readonly triggers: readonly string[]; readonly writers: readonly object[] }
    >
  >;
  readonly inputChannels: string | readonly string[];
  readonly outputChannels: string | readonly string[];
};

const writtenBy = (writer: object): readonly string[] =>
  'writes' in writer ? (writer.writes as readonly { channel: string }[]).map(({ channel }) => channel) : [];

/** A graph of channels, which LangGraph itself draws as one box: who reads what another writes comes after it. */
export const channelGraph = ({ nodes, inputChannels, outputChannels }: Channelled): Graph => {
  const graph = new Graph();
  const end = new RunnablePassthrough();
  const all = [
    { box: graph.addNode(end, '__start__'), reads: [], writes: [inputChannels].flat() },
    ...Object.entries(nodes).map(([name, { bound, triggers, writers }]) => ({
      box: graph.addNode(bound, name),
      reads: triggers,
      writes: writers.flatMap(writtenBy),
    })),
    { box: graph.addNode(end, '__end__'), reads: [outputChannels].flat(), writes: [] },
  ];
  for (const from of all)
    for (const to of all)
      for (const channel of from.writes)
        if (to.reads.includes(channel)) graph.addEdge(from.box, to.box, channel);
  return graph;
};

/** A graph as Mermaid, drawn by LangChain. */
export const drawing = (graph: Pick<Graph, 'drawMermaid'>): string => graph.drawMermaid().trim();

/** The page with the drawing between its marks. */
export const drawn = (page: string, mermaid: string): string => {
  const from = page.indexOf(marks.from);
  const to = page.indexOf(marks.to);
  if (from < 0 || to < from)
    throw new Error(`the page lacks "${marks.from}" before "${marks.to}"; put both lines back`);
  return `${page.slice(0, from)}${marks.from}\n\`\`\`mermaid\n${mermaid}\n\`\`\`\n${page.slice(to)}`;
};
