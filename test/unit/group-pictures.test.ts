// Consumer groups in the picture of a run: every member, what it had and did, and the group's lag.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { HistoryEvent } from "../../sdk/model/history.ts";
import { wrongEvent } from "../../sdk/model/history-schema.ts";
import { readLines } from "../../sdk/recording/lines.ts";
import { renamedEvent } from "../../sdk/recording/renamed.ts";
import { timelineOf } from "../../sdk/report/svg/mod.ts";
import { colour, partitionColour } from "../../sdk/report/svg/palette.ts";
import { changed, commit, fault, lag, takenOver } from "./group-histories.ts";
import { many } from "./group-many.ts";
import { groupOutage } from "./group-outage.ts";

const svgOf = async (events: readonly HistoryEvent[], width = 900): Promise<string> =>
  (await timelineOf(events, { width })).svg!;
const inTime = (...events: HistoryEvent[]): HistoryEvent[] => events.sort((a, b) => a.atMs - b.atMs);
/** How many marks the paths of a label have. */
const marksOf = (svg: string, label: string): number =>
  [...svg.matchAll(/<path [^>]*>/g)]
    .filter(([tag]) => tag.includes(`aria-label="${label}"`))
    .reduce((sum, [tag]) => sum + tag.match(/ d="([^"]*)"/)![1]!.split(/(?=M)/).length, 0);
/** Left edge and width of every bar of a colour that has a title, in the order in which they are drawn. */
const barsOf = (svg: string, fill: string): { title: string; x: number; width: number; faint: boolean }[] =>
  [...svg.matchAll(/<g><title>([^<]*)<\/title>((?:<rect [^>]*>)+)/g)].flatMap(([, title, rects]) =>
    [...rects!.matchAll(/<rect [^>]*>/g)]
      .filter(([tag]) => tag.includes(`fill="${fill}"`))
      .map(([tag]) => ({
        title: title!,
        x: Number(tag.match(/ x="([^"]*)"/)![1]),
        width: Number(tag.match(/ width="([^"]*)"/)![1]),
        faint: tag.includes("fill-opacity"),
      })),
  );
const elementsOf = (svg: string): number => [...svg.matchAll(/<[a-z]/g)].length;

for (const [file, digest] of [
  ["test/unit/explain/six-partitions-3.9.2.jsonl.gz", "6c0d1a08647d77d6 83405626d193634e"],
  ["test/unit/explain/kill-then-stop-4.4.0.jsonl.gz", "021b55162202dbc5 eea04c31d55264a7"],
] as const)
  test(`timelineOf() and timeline() draw ${file}, without a group, as before there were any`, async () => {
    const recorded = fileURLToPath(new URL(`../../${file}`, import.meta.url));
    const history = readLines(recorded, renamedEvent, wrongEvent).values as HistoryEvent[];
    const { svg = "", text } = await timelineOf(history);
    const digestOf = (said: string): string => createHash("sha256").update(said).digest("hex").slice(0, 16);
    // the style sheet has all colours that there are
    const drawn = svg.replace(/<style>[^]*?<\/style>/, "");
    assert.is(`${digestOf(drawn)} ${digestOf(text.join("\n"))}`, digest);
  });

test("timelineOf() draws each assignment as long as it lasted, in the colour of its partition", async () => {
  const svg = await svgOf(groupOutage());
  // orders-0 of member 1, taken over by 2, back at 1, three times
  const bars = barsOf(svg, partitionColour(0));
  assert.equal(
    bars.map(({ title }) => title.replace(/:.*/, "")),
    [1, 1, 1, 1, 2].map((member) => `orders-0 of billing.${member}`),
  );
  const perSecond = bars[0]!.width / 6.5;
  assert.ok(Math.abs(bars[4]!.width - 5.9 * perSecond) < 0.3, `${bars[4]!.width}`);
  assert.ok(Math.abs(bars[4]!.x - bars[0]!.x - 13.1 * perSecond) < 0.3, `${bars[4]!.x}`);
  for (const name of ["orders-0", "orders-5"]) assert.ok(svg.includes(`>${name}</text>`), name);
});

test("timelineOf() fades what a frozen member still has while another one has it, too", async () => {
  const faint = barsOf(await svgOf(groupOutage()), partitionColour(4)).filter((bar) => bar.faint);
  assert.equal(faint.length, 1);
  assert.match(faint[0]!.title, /^orders-4 of billing\.3: .* another member had it, too, from 32\.4 s on$/);
});

test("timelineOf() marks an assignment that was given back by a line, a lost one by a cross", async () => {
  const history = inTime(changed(0, 1, "assigned", [0, 1]), changed(5000, 1, "left"));
  const stroked = async (events: HistoryEvent[], stroke: "ink" | "fail", mark: RegExp): Promise<number> =>
    [...(await svgOf(events)).matchAll(/<\/title><rect [^>]*><path [^>]*>/g)].filter(
      ([tag]) => tag.includes(`stroke="${colour(stroke)}"`) && mark.test(tag),
    ).length;
  const marks = async (...more: HistoryEvent[]): Promise<number[]> => {
    const events = inTime(...history, ...more);
    return [await stroked(events, "ink", / d="M[\d.,]+v\d/), await stroked(events, "fail", /l.*m.*l/)];
  };
  assert.equal(await marks(), [0, 0]);
  assert.equal(await marks(changed(3000, 1, "revoked", [0])), [1, 0]);
  assert.equal(await marks(changed(3000, 1, "lost", [0, 1])), [0, 2]);
});

test("timelineOf() draws few records as dots, each at its time, repeated ones apart", async () => {
  const svg = await svgOf(takenOver());
  // at 1.6 s both members, at 2.1 s both, at 2.5 s the new owner
  assert.equal(
    ["delivered", "processed", "processed again"].map((label) => marksOf(svg, label)),
    [5, 4, 1],
  );
  const again = takenOver().filter((event) => event.kind !== "processed" || event.atMs !== 2100);
  assert.is(marksOf(await svgOf(again), "processed again"), 0);
  assert.not.match(svg, /a column/);
  assert.match(
    svg,
    /group billing<tspan [^>]*>2 members; 25 delivered, 22 processed \(2 again\), 4 commits</,
  );
});

test("timelineOf() draws many records as columns on a scale that it says", async () => {
  const svg = await svgOf(groupOutage({ perSecond: 300, everyMs: 100 }));
  assert.match(
    svg,
    /a column&#39;s height is the root of its records; full: [\d,]+ or more|a column's height/,
  );
  const columns = [...svg.matchAll(/aria-label="processed"[^>]* d="([^"]*)"/g)].flatMap(([, d]) =>
    [...d!.matchAll(/v-([\d.]+)/g)].map(([, px]) => Number(px)),
  );
  assert.ok(columns.length > 300, `${columns.length} columns`);
  assert.ok(Math.max(...columns) <= 12 && Math.min(...columns) >= 2, `${Math.max(...columns)}`);
  assert.ok(new Set(columns).size > 2, "more records are a higher column");
});

test("timelineOf() draws each commit by its outcome", async () => {
  const labels = ["commit accepted", "commit refused", "commit unknown"];
  const count = (svg: string): number[] => labels.map((label) => marksOf(svg, label));
  assert.equal(count(await svgOf(takenOver())), [4, 0, 0]);
  const refused = { error: "REBALANCE_IN_PROGRESS", isRefused: true };
  const svg = await svgOf(
    inTime(
      ...takenOver(),
      commit(2700, 2, 0, 10, refused),
      commit(2800, 2, 0, 10, refused),
      commit(2900, 2, 0, 10, { error: "timed out" }),
    ),
  );
  assert.equal(count(svg), [4, 2, 1]);
  assert.match(svg, /7 commits \(2 refused\)/);
  assert.match(svg, />refused<[^]*>outcome unknown</);
});

test("timelineOf() says what state a member was in: joining, frozen, ended", async () => {
  const svg = await svgOf(groupOutage());
  for (const title of [
    "billing.1: starting, 890 ms, ",
    "billing.1: ended (SIGKILL), 12.0 s, ",
    "billing.3: frozen, 10.0 s, ",
    "billing.2: joining, ",
  ])
    assert.ok(svg.includes(`<title>${title}`), title);
  assert.ok(svg.includes(">ended (SIGKILL), 12.0 s</text>") && svg.includes(">frozen, 10.0 s</text>"));
  const running = groupOutage().filter((event) => event.kind !== "member" || event.change !== "paused");
  assert.not.match(await svgOf(running), /: frozen, |>frozen</);
});

test("timelineOf() draws faults through the rows of every member and of the lag", async () => {
  const bands = async (events: HistoryEvent[]): Promise<number> =>
    [...(await svgOf(events)).matchAll(/<rect [^>]*>/g)].filter(
      ([tag]) => tag.includes(`fill="${colour("faultBand")}"`) && tag.includes(' y="0"'),
    ).length;
  assert.is(await bands(groupOutage()), 0);
  assert.is(await bands(inTime(...groupOutage(), ...fault(9000, 12_000))), 2);
});

test("timelineOf() draws the coordinator, and each of its changes through the members", async () => {
  const svg = await svgOf(groupOutage());
  assert.match(svg, /coordinator of billing: broker 2[^]*coordinator of billing: none[^]*billing: broker 1/);
  assert.is(marksOf(svg, "coordinator change"), 4, "two changes, through members and lag");
  const same = groupOutage().map((event) => (event.kind === "group" ? { ...event, coordinator: 2 } : event));
  assert.is(marksOf(await svgOf(same as HistoryEvent[]), "coordinator change"), 0);
});

/** The heights that a lag line goes to, from the bottom of its plot. */
const heightsOf = (svg: string): number[] => {
  const [, d = ""] = svg.match(/aria-label="lag"[^>]* d="([^"]*)"/) ?? [];
  return [...d.matchAll(/(?:M[\d.]+,|V)([\d.]+)/g)].map(([, y]) => 52 - Number(y));
};

test("timelineOf() draws the lag on a scale of its own, with a gap where it is not known", async () => {
  const seen = (atMs: number, state: string | null): HistoryEvent => ({
    kind: "group",
    atMs,
    group: "billing",
    state,
    coordinator: state === null ? null : 1,
    protocol: "classic",
    members: [],
  });
  const events = [seen(0, "Stable"), lag(100, 0, 10), lag(2000, 0, 5), lag(4000, 0, 0), lag(9000, 0, 10)];
  const svg = await svgOf(inTime(...events));
  assert.equal(heightsOf(svg), [0, 23, 46, 0]);
  for (const tick of ["0", "5", "10"]) assert.match(svg, new RegExp(`text-anchor="end"[^>]*>${tick}</text>`));
  assert.match(svg, /records that are not committed; the most: 10 after 4\.0 s/);
  const lines = (one: string): number =>
    [...(one.match(/aria-label="lag"[^>]* d="([^"]*)"/)?.[1] ?? "").matchAll(/M/g)].length;
  assert.is(lines(svg), 1);
  assert.is(lines(await svgOf(inTime(...events, seen(5000, null), seen(6000, "Stable")))), 2);
});

test("timelineOf() draws 100,000 records of six members in as many elements as 50,000", async () => {
  const [one, two] = [await svgOf(many(100_000, 6)), await svgOf(many(50_000, 6))];
  assert.ok(one.length < 100_000 && two.length < 100_000, `${one.length}, ${two.length} bytes`);
  assert.ok(Math.abs(elementsOf(one) - elementsOf(two)) <= 10, `${elementsOf(one)}, ${elementsOf(two)}`);
  assert.match(one, /6 members; 100,002 delivered, 100,002 processed, 1,002 commits/);
});

test("timelineOf() stays short with many groups, members, partitions, rebalances and lags", async () => {
  const events: HistoryEvent[] = [];
  for (let g = 0; g < 10; g++)
    for (let i = 0; i < 2000; i++) {
      const [atMs, group] = [i * 20, `group-${g}`];
      const of = { atMs, group, member: `${group}.${i % 30}` };
      const partitions = Array.from({ length: 50 }, (_, partition) => ({ topic: "orders", partition }));
      events.push(
        {
          kind: "member",
          ...of,
          change: (["assigned", "revoked", "paused", "resumed"] as const)[(i >> 5) % 4]!,
          partitions,
        },
        { kind: "commit", ...of, tookMs: 1, offsets: [], error: "x", isRefused: i % 2 === 0 },
        {
          kind: "processed",
          ...of,
          tookMs: 1,
          topic: "orders",
          partition: i % 50,
          offsets: [String(i)],
          error: "x",
        },
        {
          kind: "lag",
          atMs,
          group,
          partitions: [{ topic: "orders", partition: 0, committed: "0", end: String((i * 37) % 900) }],
        },
        {
          kind: "group",
          atMs,
          group,
          state: `state ${i}`,
          coordinator: ((i % 3) + 1) as 1,
          protocol: null,
          members: [],
        },
      );
    }
  const { svg = "", text } = await timelineOf(inTime(...events));
  assert.ok(svg.length < 450_000, `${svg.length} bytes`);
  assert.ok(elementsOf(svg) < 4000, `${elementsOf(svg)} elements`);
  assert.match(svg, /and 6 more groups/);
  assert.match(svg, /27 more members/);
  assert.match(svg, /more assignments/);
  assert.ok(text.length < 400, `${text.length} lines`);
});

test("timelineOf() has the colours of groups, dark ones too, only in a picture with a group", async () => {
  const [with_, without] = [await svgOf(groupOutage()), await svgOf([])];
  for (const light of [partitionColour(0), colour("lag"), colour("gone"), colour("rebalancing")]) {
    assert.ok(with_.includes(`[fill="${light}"]{fill:`), light);
    assert.not.ok(without.includes(light), light);
  }
});

test("timelineOf() escapes the names of groups, members and topics, and cuts long ones", async () => {
  const name = `<b> & "x" \u0007${"y".repeat(500)}`;
  const renamed = groupOutage({ group: name, topic: name });
  for (const width of [400, 900]) {
    const svg = await svgOf(renamed, width);
    assert.not.match(svg, /<b>|\u0007|NaN|undefined/);
    assert.match(svg, /group &lt;b&gt; &amp; /);
  }
});

test("timelineOf() draws a group of which only one thing is known", async () => {
  for (const events of [
    [changed(0, 1, "started")],
    [commit(0, 1, 0, 1)],
    [lag(0, 0, null)],
    [{ ...changed(5, 1, "assigned"), partitions: [] }],
  ]) {
    const svg = await svgOf(events as HistoryEvent[]);
    assert.match(svg, /group billing/);
    assert.not.match(svg, /NaN|Infinity|undefined/);
  }
});

const root = new URL("../../", import.meta.url);

for (const variant of ["light", "dark"])
  test(`group-${variant}.svg is committed, small, shown by its page, drawn of its run`, async () => {
    const svg = readFileSync(new URL(`docs/pictures/group-${variant}.svg`, root), "utf8");
    assert.ok(svg.length < 80_000, `${svg.length} bytes`);
    assert.not.match(svg, /prefers-color-scheme|<script/);
    const history = readLines(
      fileURLToPath(new URL("docs/pictures/group.jsonl.gz", root)),
      renamedEvent,
      wrongEvent,
    ).values as HistoryEvent[];
    const titles = (one: string): string[] =>
      [...one.matchAll(/<title>(\w+-\d+ of billing[^<]*)</g)].map(([, title]) => title!);
    assert.ok(titles(svg).length > 6, `${titles(svg).length} assignments`);
    assert.equal(titles(svg), titles(await svgOf(history)));
  });

test("the page of pictures shows the committed one of a group, light and dark", () => {
  const page = readFileSync(new URL("docs/pictures.md", root), "utf8");
  for (const variant of ["light", "dark"])
    assert.ok(page.includes(`"pictures/group-${variant}.svg"`), variant);
});

test.run();
