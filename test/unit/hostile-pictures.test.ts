// Pictures and tables of hostile texts: well-formed XML and HTML, in which foreign text is text.

import { SaxesParser } from "saxes";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { explain, tableOf, timelineOf } from "@kafka-failure-lab/sdk";
import { escaped } from "../../sdk/report/svg/escape.ts";
import { hostileHistory } from "./hostile/history.ts";
import { hostilePicture } from "./hostile/picture.ts";
import { assertCharacters, HOSTILE } from "./hostile/text.ts";

const history = hostileHistory(HOSTILE);
const explanation = explain(history);
const rows = [
  [HOSTILE, "head"],
  [`${HOSTILE}2`, HOSTILE],
];

/** Parses as XML; returns its elements with their attributes, and its text. */
function parsed(xml: string): { elements: Map<string, Set<string>>; texts: string } {
  const elements = new Map<string, Set<string>>();
  let texts = "";
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const known = elements.get(name) ?? new Set<string>();
    for (const attribute of Object.keys(attributes)) known.add(attribute);
    elements.set(name, known);
  });
  parser.on("text", (text) => (texts += text));
  parser.write(xml).close();
  return { elements, texts };
}

test(
  "every picture of a hostile history is well-formed XML, with no element, attribute or link of the " +
    "history's",
  async () => {
    const long = explain(history, { longerThanMs: 1 });
    const pictures = [
      await timelineOf(history, { explanation: long, width: 400 }),
      await timelineOf(history, { explanation, title: HOSTILE }),
      await timelineOf(hostileHistory("x".repeat(2000) + HOSTILE), { explanation: long }),
      await timelineOf([...Array(15).keys()].flatMap((i) => hostileHistory(`${HOSTILE}${i}`))),
      await hostilePicture(),
    ];
    for (const { svg = "" } of pictures) {
      const { elements, texts } = parsed(svg);
      assert.equal(
        [...elements.keys()].filter(
          (name) => !/^(svg|g|rect|path|text|title|desc|style|tspan|line)$/.test(name),
        ),
        [],
      );
      const attributes = [...elements.values()].flatMap((names) => [...names]);
      assert.equal(
        attributes.filter((name) => /^(on|href|xlink|id$|src)/i.test(name)),
        [],
      );
      assertCharacters(svg, "a picture");
      assert.match(texts, /alert\(1\)/, "it is there as text");
    }
  },
);
test("HTML of a hostile table is well-formed, and its only elements are a table's", () => {
  for (const head of [true, false]) {
    const { elements, texts } = parsed(tableOf(rows, { head }).html!);
    assert.equal(
      [...elements.keys()].filter((name) => !/^(table|thead|tbody|tr|td|th)$/.test(name)),
      [],
    );
    assert.equal([...new Set([...elements.values()].flatMap((names) => [...names]))].sort(), [
      "align",
      "style",
    ]);
    assert.match(texts, /<script>alert\(1\)<\/script>/);
  }
});
test("escaped() makes any text one that XML takes as content and as an attribute", () => {
  for (let code = 0; code <= 0xffff; code++) {
    const text = String.fromCharCode(code);
    if (code < 0x100 || code >= 0xd7ff || code % 97 === 0)
      assert.not.throws(
        () => parsed(`<a b="${escaped(text)}" c='${escaped(text)}'>${escaped(text)}</a>`),
        text,
      );
  }
});

test.run();
