// The claims over consumer groups as plainly, and as slowly, as they read. One group, one topic.

import type {
  CommitEvent,
  DeliveredEvent,
  HistoryEvent,
  ProcessedEvent,
  SendEvent,
} from "../../sdk/model/history.ts";
import { TOPIC } from "./group-histories.ts";
import type { RandomRun } from "./group-random.ts";

/** One record at one offset. */
export interface Met {
  partition: number;
  offset: number;
  value: string | null;
}
/** One record processed to the end once. */
export interface Done {
  met: Met;
  member: string;
  line: number;
  /** Its number within its event. */
  i: number;
  fromMs: number;
  toMs: number;
  endMs: number;
}

export class Reference {
  readonly run: RandomRun;
  readonly met: Met[] = [];
  readonly done: Done[] = [];

  constructor(run: RandomRun) {
    this.run = run;
    for (const event of this.of("delivered"))
      for (const { offset, value } of event.records) this.meet(event.partition, Number(offset), value);
    for (const one of run.readback?.records ?? []) this.meet(one.partition, Number(one.offset), one.value);
    for (const one of this.acknowledged())
      if (one.offset !== undefined) this.meet(one.partition!, Number(one.offset), one.value);
    const events = this.of("processed");
    for (const event of events) {
      const all = event.offsets.map((offset) => this.processedAt(event, Number(offset)));
      const good = event.error === undefined ? all : all.slice(0, -1);
      good.forEach((met, i) =>
        this.done.push({
          ...{ met, member: event.member, line: run.history.indexOf(event), i },
          ...{ fromMs: event.atMs, toMs: event.atMs + event.tookMs },
          endMs: event.atMs + (event.tookMs * (i + 1)) / all.length,
        }),
      );
    }
  }

  of<Kind extends HistoryEvent["kind"]>(kind: Kind): Extract<HistoryEvent, { kind: Kind }>[] {
    return this.run.history.filter((event) => event.kind === kind) as Extract<HistoryEvent, { kind: Kind }>[];
  }

  acknowledged(): SendEvent[] {
    return this.run.sends.filter(({ outcome }) => outcome === "ok");
  }

  meet(partition: number, offset: number, value: string | null): Met {
    const known = this.met.find(
      (one) => one.partition === partition && one.offset === offset && one.value === value,
    );
    const met = known ?? { partition, offset, value };
    if (known === undefined) this.met.push(met);
    return met;
  }

  /**
   * Of several records of an offset that this member was the last to be given the one that it was given last
   * by then, else the newest of them; else the newest.
   */
  processedAt({ member, partition, atMs }: ProcessedEvent, offset: number): Met {
    const there = this.met.filter((one) => one.partition === partition && one.offset === offset).reverse();
    const own = there.filter((one) => this.deliveries(one).at(-1)?.member === member);
    const given = (met: Met): number => Math.min(...this.deliveries(met).map((one) => one.atMs));
    const [last] = own.filter((one) => given(one) <= atMs).sort((a, b) => given(b) - given(a));
    return last ?? own[0] ?? there[0] ?? this.meet(partition, offset, null);
  }

  deliveries({ partition, offset, value }: Met): DeliveredEvent[] {
    return this.of("delivered").filter((event) =>
      event.partition === partition
        ? event.records.some((one) => one.offset === String(offset) && one.value === value)
        : false,
    );
  }

  times(met: Met): number {
    return this.done.filter((one) => one.met === met).length;
  }

  /** The send that wrote a record: of those with its value the one acknowledged there, else the only one. */
  writer({ partition, offset, value }: Met): SendEvent | undefined {
    const same = this.run.sends.filter((one) => one.value === value);
    const there = same.find(
      (one) => one.outcome === "ok" && one.partition === partition && one.offset === String(offset),
    );
    return there ?? (same.length === 1 ? same[0] : undefined);
  }

  /** Whether it stands in the log at the end; null where nobody knows. */
  stands(met: Met): boolean | null {
    const { readback } = this.run;
    if (readback === null) return null;
    const { partition, offset, value } = met;
    const there = readback.records.find(
      (one) => one.partition === partition && one.offset === String(offset),
    );
    if (there !== undefined) return there.value === value;
    const row = readback.partitions.find((one) => one.partition === partition);
    if (row === undefined || !row.complete || offset < Number(row.from)) return null;
    const send = this.writer(met);
    const seen = [
      ...this.deliveries(met).map(({ atMs }) => atMs),
      ...this.done.filter((one) => one.met === met).map(({ fromMs }) => fromMs),
      ...(send?.outcome === "ok" ? [send.atMs + send.tookMs] : []),
    ];
    return offset < Number(row.to) || Math.min(...seen) <= readback.atMs ? false : null;
  }

  commits(partition: number): { event: CommitEvent; offset: number }[] {
    return this.of("commit").flatMap((event) =>
      event.offsets
        .filter((one) => one.topic === TOPIC && one.partition === partition)
        .map(({ offset }) => ({ event, offset: Number(offset) })),
    );
  }

  /** The offsets at which the group stood: what was committed, and what the coordinator reported later. */
  positions(partition: number): { offset: number; commit: CommitEvent | null }[] {
    const accepted = this.commits(partition).filter(({ event }) => event.error === undefined);
    const lags = this.of("lag").flatMap((event) =>
      event.partitions.flatMap((one) => {
        const before = accepted.filter(({ event: { atMs } }) => atMs <= event.atMs).at(-1);
        const isOwn = one.partition === partition && before !== undefined;
        const offset = Number(one.committed ?? "0");
        return isOwn && offset < before.offset && event.atMs > before.event.atMs + before.event.tookMs + 1000
          ? [{ atMs: event.atMs, offset, commit: null }]
          : [];
      }),
    );
    const own = accepted.map(({ event, offset }) => ({ atMs: event.atMs, offset, commit: event }));
    return [...own, ...lags].sort((a, b) => a.atMs - b.atMs);
  }

  /** The commit from which on the group stood behind a record for good. */
  passing({ partition, offset }: Met): CommitEvent | null {
    const all = this.positions(partition);
    const first = all.findIndex((_, i) => all.slice(i).every((one) => one.offset > offset));
    return all[first]?.commit ?? null;
  }

  fate(met: Met): string {
    const { partition, offset } = met;
    if (this.stands(met) === false) return "lost in the log";
    const start = this.start(partition);
    const isBefore = this.order(met) < start.order;
    if (isBefore && start.isKnown) return "before the start";
    const furthest = Math.max(
      -1,
      ...this.done.filter((one) => one.met.partition === partition).map((one) => this.order(one.met)),
    );
    if (furthest < this.order(met) && this.isHeld(met)) return "under way at the end";
    if (isBefore) return "before the group's first record";
    if (this.passing(met) !== null) return "skipped";
    const unknown = this.commits(partition).some(
      (one) => one.event.error !== undefined && one.event.isRefused !== true && one.offset > offset,
    );
    if (unknown) return "commit with unknown outcome";
    if (this.order(met) < furthest) return "passed over, not committed";
    const send = this.writer(met);
    const leftMs = this.leftMs();
    const isAfter = leftMs !== null && send?.outcome === "ok" && send.atMs + send.tookMs > leftMs;
    return isAfter ? "after the end" : "not read to the end";
  }

  /** When the last member left: nobody was there afterwards, and the last one did not die. */
  leftMs(): number | null {
    const events = this.of("member");
    const isHere = (member: string, i: number): boolean => {
      const last = events
        .slice(0, i + 1)
        .findLast((one) => one.member === member && one.change !== "revoked" && one.change !== "lost");
      return last !== undefined && !["left", "failed", "ended"].includes(last.change);
    };
    const members = [...new Set(events.map(({ member }) => member))];
    const isEmpty = (i: number): boolean => members.every((member) => !isHere(member, i));
    const last = events.findLastIndex(({ change }, i) => change === "left" && isEmpty(i));
    const isLast = last >= 0 && events.every((_, i) => i < last || isEmpty(i));
    return isLast ? events[last]!.atMs : null;
  }

  /** The place of a record in its partition; of those at one offset the first that was met first. */
  order({ partition, offset, value }: Met): number {
    const there = this.met.filter((one) => one.partition === partition && one.offset === offset);
    return offset * 10 + there.findIndex((one) => one.value === value);
  }

  start(partition: number): { order: number; isKnown: boolean } {
    const firstMs = Math.min(
      ...this.of("delivered").flatMap((one) => (one.partition === partition ? [one.atMs] : [])),
      ...this.commits(partition).map(({ event }) => event.atMs),
    );
    const lags = this.of("lag")
      .filter(({ atMs }) => atMs <= firstMs)
      .flatMap(({ partitions }) => partitions)
      .find((one) => one.partition === partition && one.committed !== null);
    if (lags !== undefined) return { order: Number(lags.committed) * 10, isKnown: true };
    if (this.run.reset === "earliest") return { order: 0, isKnown: true };
    const given = this.met.filter((one) => one.partition === partition && this.deliveries(one).length > 0);
    const order = given.length === 0 ? 0 : Math.min(...given.map((one) => this.order(one)));
    return { order, isKnown: this.run.reset === "latest" };
  }

  /** Whether the member that was last given it still had it at the end. */
  isHeld(met: Met): boolean {
    const last = this.deliveries(met).at(-1);
    if (last === undefined) return false;
    return !this.of("member").some(
      ({ member, atMs, change, partitions }) =>
        member === last.member &&
        atMs >= last.atMs &&
        (["left", "failed", "ended"].includes(change) ||
          (["revoked", "lost"].includes(change) &&
            partitions?.some(({ partition }) => partition === met.partition) !== false)),
    );
  }
}
