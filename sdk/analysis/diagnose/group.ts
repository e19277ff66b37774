// One finding for one cause: the same problem of several nodes, and two rules whose fix is the same line.

import { asFix, fixing } from "./fix.ts";
import { type Evidence, type Finding, type Problem, SEVERITIES } from "./finding.ts";
import type { Setting } from "./setting.ts";

/**
 * Puts together what a rule says of several nodes: one problem with every node's setting. What differs in
 * nothing but names and numbers is the same problem.
 */
export function groupByNode(problems: readonly Problem[]): Problem[] {
  const names = [...new Set(problems.flatMap(({ node }) => node ?? []))].sort((a, b) => b.length - a.length);
  const groups = new Map<string, Problem[]>();
  problems.forEach((problem, i) => {
    const { node, settings, happens, severity } = problem;
    const key =
      node === undefined ? `${i}` : `${severity ?? "its own"} ${settings[0]!.key} ${shapeOf(happens, names)}`;
    groups.set(key, [...(groups.get(key) ?? []), problem]);
  });
  return [...groups.values()].map(merged);
}

function merged(group: readonly Problem[]): Problem {
  const first = group[0]!;
  const others = [...new Set(group.map(({ node }) => node!))].slice(1);
  const fixes = new Map(group.map(({ node, fix }) => [asFix(fix).text, node]));
  if (group.length === 1) return first;
  return {
    ...first,
    settings: [...new Set(group.flatMap(({ settings }) => settings))].filter(isFirstAtItsPlace),
    happens: others.length === 0 ? first.happens : `${first.happens} The same holds for ${listed(others)}.`,
    fix: {
      text:
        fixes.size === 1
          ? asFix(first.fix).text
          : [...fixes].map(([fix, node]) => `${node ?? "all"}: ${fix}`).join("; "),
      edits: fixing(...group.map(({ fix }) => asFix(fix))).edits,
    },
  };
}

function isFirstAtItsPlace(setting: Setting, i: number, all: readonly Setting[]): boolean {
  const placeOf = ({ key, location: { file, line, column } }: Setting): string =>
    `${file}:${line}:${column} ${key}`;
  return all.findIndex((other) => placeOf(other) === placeOf(setting)) === i;
}

function shapeOf(text: string, names: readonly string[]): string {
  return names.reduce((rest, name) => rest.replaceAll(name, "#"), text).replace(/\d+/g, "0");
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** A rule whose finding is a consequence, and those that have the cause and the same fix. */
const CONSEQUENCES: Readonly<Record<string, readonly string[]>> = {
  // more replicas mend both
  "min-isr-above-replicas": ["auto-created-topic-one-replica", "default-one-replica"],
  // an image that is pulled today has no ZooKeeper mode, or refuses to start
  "zookeeper-mode": ["image-latest"],
};

/** The same of two rules that rest on one setting of one client. */
const OF_ONE_SETTING: Readonly<Record<string, readonly string[]>> = {
  // acks=1 or 0 beside what needs idempotence, with which the client does not start
  "acks-leader-only": ["transactional-without-idempotence", "idempotence-conflict"],
  "acks-none": ["transactional-without-idempotence", "idempotence-conflict"],
  "retries-reorder": ["transactional-without-idempotence", "idempotence-conflict", "acks-leader-only"],
};

function isOfOneSetting(one: Finding, other: Finding): boolean {
  return (
    OF_ONE_SETTING[one.rule]?.includes(other.rule) === true &&
    isSamePlace(one.evidence[0]!, other.evidence[0]!)
  );
}

/**
 * Leaves out findings whose cause another finding has; their evidence goes there. One that is more severe
 * than
 * the other stays.
 */
export function withoutConsequences(findings: readonly Finding[]): Finding[] {
  const causeOf = (one: Finding): Finding | undefined =>
    findings.find(
      (other) =>
        (CONSEQUENCES[one.rule]?.includes(other.rule) === true || isOfOneSetting(one, other)) &&
        SEVERITIES.indexOf(other.severity) <= SEVERITIES.indexOf(one.severity) &&
        (other.rule !== "image-latest" || other.severity === "error"),
    );
  const causes = new Map(findings.map((finding) => [finding, causeOf(finding)]));
  return findings
    .filter((finding) => causes.get(finding) === undefined)
    .map((finding) => {
      const parts = findings.filter((other) => causes.get(other) === finding);
      const evidence = [finding, ...parts].flatMap((one) => one.evidence);
      // a client that does not start does nothing else
      const also = finding.severity === "error" ? [] : parts.filter((one) => isOfOneSetting(one, finding));
      return {
        ...finding,
        evidence: evidence.filter(isFirstEvidence),
        happens: [finding, ...also].map(({ happens }) => happens).join(" "),
      };
    });
}

function isFirstEvidence(one: Evidence, i: number, all: readonly Evidence[]): boolean {
  return all.findIndex((other) => isSamePlace(one, other)) === i;
}

function isSamePlace(one: Evidence, { file, line, column, key }: Evidence): boolean {
  return file === one.file && line === one.line && column === one.column && key === one.key;
}
