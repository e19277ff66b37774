// Pictures: rich in a notebook, text in a terminal.
//
//   rows    ─▶ tableOf ─────▶ picture ─▶ show ─┬─▶ notebook: SVG, else HTML
//   history ─▶ timelineOf ──▶                  └─▶ elsewhere: text
export { type Drawing, drawn } from "./drawn.ts";
export { colour, type Colour } from "./palette.ts";
export type { Picture } from "./picture.ts";
export type { PlotLibrary } from "./plot.ts";
export { tableOf, type TablePictureOptions } from "./table.ts";
export { timelineOf, type TimelinePictureOptions } from "./timeline.ts";
