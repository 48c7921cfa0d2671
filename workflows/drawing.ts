import { controlGraph } from '#workflows/control-loop';

const marks = { from: '<!-- drawn by `make docs` -->', to: '<!-- end of the drawing -->' };

/** The control graph as Mermaid, drawn by LangGraph from the compiled graph itself. */
export const drawing = async (): Promise<string> =>
  (await controlGraph().getGraphAsync()).drawMermaid().trim();

/** The page with the drawing between its marks. */
export const drawn = (page: string, mermaid: string): string => {
  const from = page.indexOf(marks.from);
  const to = page.indexOf(marks.to);
  if (from < 0 || to < from)
    throw new Error(`docs/control-loop.md lacks "${marks.from}" before "${marks.to}"; put both lines back`);
  return `${page.slice(0, from)}${marks.from}\n\`\`\`mermaid\n${mermaid}\n\`\`\`\n${page.slice(to)}`;
};
