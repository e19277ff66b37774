// A picture of one's own: one plot of Observable Plot in the same frame and colours as the timeline.

import type { PlotOptions } from "@observablehq/plot";
import { framed } from "./frame.ts";
import type { Picture } from "./picture.ts";
import { loadPlot, type PlotLibrary } from "./plot.ts";

/** A plot and its texts. */
export interface Drawing {
  /** The title. */
  title: string;
  /** Smaller, behind the title. */
  subtitle?: string;
  /** What the picture shows, for screen readers. */
  description: string;
  /** The same as text, for a terminal. */
  text: readonly string[];
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** The plot; colours are those of `colour()`, which have a counterpart on a dark page. */
  plot(Plot: PlotLibrary): PlotOptions;
}

/**
 * Draws a plot as a picture that is readable on light and on dark pages; without clips and gradients it is
 * the same text each time.
 */
export async function drawn({
  title,
  subtitle,
  description,
  text,
  width,
  height,
  plot,
}: Drawing): Promise<Picture> {
  const { Plot, draw } = await loadPlot();
  const options = plot(Plot);
  const svg = draw({ ...options, width, height });
  const frame = {
    widthPx: width,
    leftPx: Math.min(options.marginLeft ?? 40, 16),
    title,
    description,
    ...(subtitle !== undefined && { subtitle }),
  };
  return { text, svg: framed([{ svg, heightPx: height }], frame) };
}
