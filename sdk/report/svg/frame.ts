// Puts plots beneath each other into one SVG that is complete in itself: background, colours for light and
// dark pages, words for who cannot see it.

import { printable } from "../../model/printable.ts";
import { escaped, printableXml } from "./escape.ts";
import { colour, darkStyle } from "./palette.ts";

/** A stretch of a picture, drawn beneath the one before. */
export interface Part {
  /** An `<svg>` element of the picture's width. */
  svg: string;
  heightPx: number;
  /** A line above it, bold, and one in quiet letters behind it. */
  heading?: string;
  subheading?: string;
}

export interface FrameOptions {
  widthPx: number;
  /** Where headings begin. */
  leftPx: number;
  title: string;
  /** What is said after the title, in quiet letters. */
  subtitle?: string;
  /** SVG elements at the right of a line of its own beneath the title. */
  legend?: string;
  /** What the picture shows, for who cannot see it. */
  description: string;
}

const CLASS = "kafka-failure-lab";
const TITLE_PX = 30;
const LEGEND_PX = 20;
const HEADING_PX = 18;
const FOOT_PX = 8;

/**
 * Returns a whole SVG document. It refers to nothing outside itself, and needs no ids, of which a page may
 * hold each only once.
 */
export function framed(
  parts: readonly Part[],
  { widthPx, leftPx, title, subtitle = "", legend, description }: FrameOptions,
): string {
  let y = TITLE_PX + (legend === undefined ? 0 : LEGEND_PX);
  const drawn = parts.map(({ svg, heightPx, heading, subheading = "" }) => {
    const head = heading === undefined ? "" : text(leftPx, y + 13, heading, subheading, 12);
    if (heading !== undefined) y += HEADING_PX;
    const placed = svg.replace(/^<svg/, `<svg x="0" y="${y}"`);
    y += heightPx;
    return head + placed;
  });
  const heightPx = y + FOOT_PX;
  const document = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="${CLASS}" viewBox="0 0 ${widthPx} ${heightPx}" ` +
      `width="${widthPx}" height="${heightPx}" role="img" aria-label="${escaped(title)}" ` +
      `font-family="system-ui, sans-serif" font-size="11" fill="${colour("ink")}" color="` +
      `${colour("ink")}">`,
    `<title>${escaped(title)}</title><desc>${escaped(description)}</desc>`,
    `<style>.${CLASS}{max-width:100%;height:auto}${darkStyle(CLASS, drawn.join(""))}</style>`,
    `<rect width="${widthPx}" height="${heightPx}" fill="${colour("page")}"/>`,
    text(leftPx, 20, title, subtitle, 14),
    legend === undefined ? "" : `<g transform="translate(${leftPx},${TITLE_PX + 5})">${legend}</g>`,
    ...drawn,
    "</svg>\n",
  ].join("");
  return printableXml(document);
}

/** More letters than a line of a picture has room for. */
const LETTERS = 160;

function text(x: number, y: number, strong: string, quiet: string, sizePx: number): string {
  const style = `dx="10" font-size="11" font-weight="normal" fill="${colour("quiet")}"`;
  const rest = quiet === "" ? "" : `<tspan ${style}>${written(quiet)}</tspan>`;
  return (
    `<text x="${x}" y="${y}" font-size="${sizePx}" font-weight="600" fill="${colour("ink")}">` +
    `${written(strong)}${rest}</text>`
  );
}

function written(text: string): string {
  return escaped(printable(text, { limit: LETTERS }));
}
