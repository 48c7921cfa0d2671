/** A hundredth of a pixel is as fine as anybody sees. */
const shorter = (svg: string): string =>
  svg.replaceAll(/ d="[^"]*"/g, (path) => path.replaceAll(/(\.\d\d)\d+/g, '$1'));

/** A Vega-Lite picture as SVG. Vega is heavy: it is loaded when a picture is drawn. */
export const svgOf = async (spec: object): Promise<string> => {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const { spec: compiled } = compile(spec as Parameters<typeof compile>[0]);
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logLevel: vega.Error });
  try {
    return shorter(await view.toSVG());
  } finally {
    view.finalize();
  }
};
