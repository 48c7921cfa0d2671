const marks = { from: '<!-- drawn by `make docs` -->', to: '<!-- end of the drawing -->' };

type Drawable = { getGraphAsync(): Promise<{ drawMermaid(): string }> };

/** A graph as Mermaid, drawn by LangGraph from the compiled graph itself. */
export const drawing = async (graph: Drawable): Promise<string> =>
  (await graph.getGraphAsync()).drawMermaid().trim();

/** The page with the drawing between its marks. */
export const drawn = (page: string, mermaid: string): string => {
  const from = page.indexOf(marks.from);
  const to = page.indexOf(marks.to);
  if (from < 0 || to < from)
    throw new Error(`the page lacks "${marks.from}" before "${marks.to}"; put both lines back`);
  return `${page.slice(0, from)}${marks.from}\n\`\`\`mermaid\n${mermaid}\n\`\`\`\n${page.slice(to)}`;
};
