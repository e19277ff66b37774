// Observable Plot, drawn without a browser. Loaded when the first picture is drawn: that takes 0.4 s, which
// no run in a terminal should pay.

import type { PlotOptions } from "@observablehq/plot";

/** The module `@observablehq/plot`. */
export type PlotLibrary = typeof import("@observablehq/plot");

/** Plot, and how it is drawn to text. */
export interface Plotter {
  Plot: PlotLibrary;
  /**
   * Draws a plot and returns it as an `<svg>` element without a style sheet, with coordinates to a tenth of a
   * pixel.
   */
  draw(options: PlotOptions): string;
}

/** Loads the library. */
export async function loadPlot(): Promise<Plotter> {
  const [Plot, { parseHTML }] = await Promise.all([import("@observablehq/plot"), import("linkedom")]);
  return {
    Plot,
    draw(options) {
      // Deno's types know no document
      const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as {
        document: never;
      };
      // a name of Plot's own would be drawn by its version
      const drawn: { outerHTML: string } = Plot.plot({ ...options, document, className: "plot" });
      return rounded(drawn.outerHTML.replace(/<style>[^]*?<\/style>/g, "").replace(/ class="plot"/g, ""));
    },
  };
}

/** A picture of 900 pixels needs no picometres, and without them the same picture is half as long. */
function rounded(svg: string): string {
  return svg.replace(
    / (d|x|y|x1|x2|y1|y2|cx|cy|width|height|transform)="([^"]*)"/g,
    (_, name: string, value: string) =>
      ` ${name}="${value.replace(/-?\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(1))))}"`,
  );
}
