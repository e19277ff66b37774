// The object that `startLab` and `attachLab` return, made of the parts of a running cluster.

import { capture } from "./capture.ts";
import { anySignal } from "../runtime/signal.ts";
import type { Booted } from "./boot.ts";
import { rejectAfterClose } from "./closed.ts";
import { conclude } from "./conclude.ts";
import type { LabContext } from "./context.ts";
import type { Lab, LabRun } from "./lab.ts";
import { runQueries } from "./run-queries.ts";
import type { OpenFaults } from "./faults/open-faults.ts";
import type { TopicIds } from "./observe/topic-ids.ts";
import { makePredict } from "./verbs/predict.ts";

export interface RunningLab extends Booted {
  faults: OpenFaults;
  bootMs: number;
  /** Reads into the history what nodes logged in files of their own. */
  gatherLogs(): Promise<void>;
  topicIds: TopicIds;
}

export function asLab(context: LabContext, running: RunningLab): Lab {
  const { ending, run } = context;
  const { parts, bootMs, opened } = running;
  const { cluster, net, disk, inject, probes, endpoints, topic } = parts;
  const { close, assertOpen } = ending;
  const { engine, notes } = opened;
  return {
    cluster,
    net,
    disk,
    inject,
    probe: probes.probe,
    predict: predictOf(context, running),
    watch: parts.watches.watch,
    group: parts.groups.group,
    run: runOf(context),
    engine,
    differs: [...notes, ...engine.differs],
    bootstrap: endpoints,
    topic,
    bootMs,
    isReplay: false,
    step(name) {
      assertOpen();
      run.record({ kind: "step", atMs: run.now(), name });
    },
    note(text) {
      assertOpen();
      run.record({ kind: "note", atMs: run.now(), text, source: "program" });
    },
    async capture(command) {
      assertOpen();
      return await capture(command);
    },
    conclude: concludeOf(context, running),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function predictOf({ run }: LabContext, { opened, parts }: RunningLab): Lab["predict"] {
  const { resolve, cluster, endpoints, security, topic, probes, brokerOf, attachment, groups } = parts;
  return makePredict({
    run,
    engine: opened.engine,
    resolve,
    describe: cluster.describe,
    endpoints,
    security,
    topic,
    probe: probes.probe,
    probes: probes.all,
    writesOf: probes.writesOf,
    brokerOf,
    groups,
    ...(attachment && { ready: (name: string) => attachment.belongings.ready(name) }),
  });
}

/** The run, which rejects new events once the lab is closed. */
function runOf({ run, ending }: LabContext): LabRun {
  const { seal: _, ...shown } = run;
  return {
    ...shown,
    record(event) {
      ending.assertOpen();
      run.record(event);
    },
    ...runQueries(() => run.history),
  };
}

/** `lab.conclude()`, which can be called once. */
function concludeOf(
  { run, progress, ending, signal, strangers }: LabContext,
  { parts, faults, gatherLogs, topicIds }: RunningLab,
): Lab["conclude"] {
  const { cluster, endpoints, security, probes, watches, groups } = parts;
  let isConcluding = false;
  return async (options = {}) => {
    if (ending.hasBegun || isConcluding) throw rejectAfterClose("Cannot conclude the run: it has ended");
    isConcluding = true;
    return await conclude(
      {
        run,
        cluster,
        faults,
        probes: probes.all(),
        endpoints,
        security,
        gatherLogs,
        strangersKnown: strangers.settled,
        topicIds,
        close: ending.close,
        progress,
        watches,
        groups,
        topics: () => [...new Set([...probes.topics(), ...watches.topics(), ...groups.topics()])],
        signal: () => anySignal(signal(), ending.signal),
      },
      options,
    );
  };
}
