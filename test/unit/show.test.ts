// What is shown: tables twice, text in a terminal, progress in one place.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { isNotebook, type Bundle } from "../../sdk/notebook/notebook.ts";
import { progressLineReporter } from "../../sdk/notebook/progress-line.ts";
import { table } from "../../sdk/report/text/mod.ts";
import { escaped } from "../../sdk/report/svg/escape.ts";
import { show } from "../../sdk/notebook/show.ts";
import { tableOf } from "../../sdk/report/svg/mod.ts";
import { cut, fitted, widthPx } from "../../sdk/report/svg/fit.ts";
import { PALETTE } from "../../sdk/report/svg/palette.ts";
import { latencyScale, tickText, timeTicks } from "../../sdk/report/svg/scale.ts";
import { thinned } from "../../sdk/report/svg/thin.ts";

test("escaped() leaves no markup, no quote that ends an attribute, and shows what XML forbids as its escape", () => {
  assert.is(escaped(`<a href="x" on='y'>&amp;`), "&lt;a href=&quot;x&quot; on=&#39;y&#39;&gt;&amp;amp;");
  assert.is(escaped("a\u0000b\u001bc\ud800d\ttab 한국어 👩‍🚒"), "a\\x00b\\x1bc\\ud800d tab 한국어 👩‍🚒");
});

test("tableOf() says the same as table(), and as HTML escapes cells and aligns them alike", () => {
  const rows = [["client", "sent"], ["<b>&", "1,025"], ["c"]];
  const { text, html } = tableOf(rows, { align: ["left", "right"] });
  assert.equal(text, table(rows, { align: ["left", "right"] }));
  const [left, right] = [`align="left" style="text-align: left"`, `align="right" style="text-align: right"`];
  assert.is(
    html,
    `<table><thead><tr><th ${left}>client</th><th ${right}>sent</th></tr></thead><tbody>\n<tr><td ` +
      `${left}>&lt;b&gt;&amp;</td><td ${right}>1,025</td></tr>\n` +
      `<tr><td ${left}>c</td><td ${right}></td></tr>\n</tbody></table>`,
  );
});

test("tableOf() without a heading has none, and takes colours and line breaks out of the HTML", () => {
  const { html = "" } = tableOf([["\u001b[31mred\u001b[0m", "two\nlines"]], { head: false });
  assert.not.match(html, /thead|<th|\u001b/);
  assert.match(html, /<td[^>]*>red<\/td><td[^>]*>two lines<\/td>/);
  assert.is(tableOf([]).html, "<table><tbody>\n\n</tbody></table>");
});

test("show() prints text where there is no notebook", async () => {
  assert.is(isNotebook(), false);
  const printed: string[] = [];
  const { log } = console;
  console.log = (line: string) => void printed.push(line);
  try {
    await show({ text: ["a", "b"], html: "<b>", svg: "<svg/>" });
    await show(["c", "d"]);
    await show("e");
  } finally {
    console.log = log;
  }
  assert.equal(printed, ["a\nb", "c\nd", "e"]);
});

test("tellerInPlace() writes over one display a stretch, and leaves its last line", () => {
  const displays: string[][] = [];
  const reporter = progressLineReporter(() => {
    const lines: string[] = [];
    displays.push(lines);
    return async (bundle: Bundle) => lines.push(bundle["text/plain"]!);
  });
  reporter.begin("starting");
  reporter.say("fetching");
  reporter.say("still fetching");
  reporter.end("3 nodes serve");
  reporter.begin("quick");
  reporter.end();
  reporter.say("alone");
  reporter.begin("healing");
  reporter.say("healing broker 1");
  const began = performance.now();
  while (performance.now() - began < 20); // the longer stage
  reporter.begin("reading back");
  reporter.end();
  const last = displays.pop()!;
  assert.equal(displays, [["fetching", "still fetching", "3 nodes serve"], ["alone"]]);
  assert.is(last[0], "healing broker 1");
  assert.match(last[1]!, /^healing broker 1: \d+ ms$/);
});

test("thinned() never draws more marks than asked for, and each thing is counted in one", () => {
  const all = Array.from({ length: 50_000 }, (_, i) => i);
  const marks = thinned(all, (i) => [i % 800, (i * 7919) % 90], 500);
  assert.ok(marks.length <= 500 && marks.length > 100, String(marks.length));
  assert.is(
    marks.reduce((sum, { count }) => sum + count, 0),
    all.length,
  );
});
test("thinned() keeps a lone thing where it is, however many others there are", () => {
  const crowd = Array.from({ length: 50_000 }, (_, i): [number, number] => [i % 700, 80 + (i % 9)]);
  const lone: [number, number] = [350, 2];
  assert.ok(
    thinned([...crowd, lone], (place) => place, 400).some(
      ({ first, count }) => first === lone && count === 1,
    ),
  );
});

const TICKS: readonly [ms: number, text: string][] = [
  [0, "0"],
  [0.1, "0.1 ms"],
  [250, "250 ms"],
  [2500, "2.5 s"],
  [60_000, "1 m"],
  [90_000, "1 m 30 s"],
  [7_200_000, "2 h"],
];
for (const [ms, text] of TICKS)
  test(`tickText() writes ${ms} as ${text}`, () => assert.is(tickText(ms), text));

test("timeTicks() are round, begin at 0 and stay within the time", () => {
  assert.equal(timeTicks(14_800, 8), [0, 5000, 10_000]);
  assert.equal(timeTicks(10, 6), [0, 2, 4, 6, 8, 10]);
  for (const end of [1, 999, 61_000, 86_400_000])
    assert.ok(timeTicks(end, 9).length <= 9 && timeTicks(end, 9).every((at) => at <= end), String(end));
});
test("latencyScale() has room for every latency, also for none and for 0", () => {
  for (const all of [[], [0], [5], [0.3, 11_000]]) {
    const { fromMs, toMs, ticks } = latencyScale(all);
    assert.ok(fromMs > 0 && toMs >= fromMs * 10 && ticks.length > 0, all.join());
    for (const ms of all) assert.ok(Math.max(0.1, ms) > fromMs && ms < toMs);
  }
});

test("fitted() takes the longest way that fits, cut() leaves nothing rather than a lone ellipsis", () => {
  assert.is(fitted(["broker 1", "1"], 100), "broker 1");
  assert.is(fitted(["broker 1", "1"], 10), "1");
  assert.is(cut("a long name", 3), "");
  assert.ok(widthPx(cut("a long name that does not fit", 60)) <= 60);
  assert.ok(widthPx("한국어") > widthPx("abc"));
});

/** WCAG 2: contrast of two colours. */
function contrast(a: string, b: string): number {
  const light = (hex: string): number =>
    [1, 3, 5]
      .map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i]!, 0);
  const [high, low] = [light(a), light(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}
for (const [theme, i] of [
  ["light", 0],
  ["dark", 1],
] as const) {
  test(`PALETTE is readable on a ${theme} page`, () => {
    for (const ground of [
      "page",
      "none",
      "faultBar",
      "broker1",
      "broker2",
      "broker3",
      "broker4",
      "broker5",
    ] as const)
      assert.ok(contrast(PALETTE.ink[i], PALETTE[ground][i]) >= 4.5, ground);
    for (const [name, ground] of Object.entries(PALETTE))
      if (name.startsWith("part ")) assert.ok(contrast(PALETTE.ink[i], ground[i]) >= 4.5, name);
    for (const text of ["quiet", "ok", "info", "fail"] as const)
      for (const ground of ["page", "none"] as const)
        assert.ok(contrast(PALETTE[text][i], PALETTE[ground][i]) >= 4.5, `${text} on ${ground}`);
    for (const mark of ["ok", "info", "fail"] as const)
      assert.ok(contrast(PALETTE[mark][i], PALETTE.faultBand[i]) >= 3, `${mark} on a fault`);
  });
}
test("PALETTE has no light colour twice: the dark one is found by it", () => {
  const lights = Object.values(PALETTE).map(([light]) => light);
  assert.is(new Set(lights).size, lights.length);
});
test.run();
