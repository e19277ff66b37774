// Which cluster `startLab` starts.

/** Which cluster to run, and how. */
export interface ClusterOptions {
  /**
   * Compose files, later ones on top of earlier ones: paths, or names of the lab's own (`three-brokers`,
   * `as-posted`, `fix-quorum`, …).
   *
   * @default ["three-brokers"]
   */
  compose?: readonly string[];
  /**
   * What runs the brokers. `"auto"` is docker if a daemon responds and the images are available, otherwise
   * local; `lab.differs` has the reason.
   *
   * @default the environment variable LAB_ENGINE, otherwise "auto"
   */
  engine?: "auto" | "local" | "docker";
  /**
   * The Kafka version (`"4"`, `"3.9"`), instead of the image tag's.
   *
   * @default the environment variable LAB_KAFKA, otherwise the image tag's
   */
  kafka?: string;
  /** Compose's project name, for the docker engine. @default kafka-failure-lab-ID, with a unique ID */
  project?: string;
  /**
   * `"fast"` shortens the brokers' timers (`FAST_TIMERS`): a dead broker is fenced after 1.5 s instead
   * of 9 s.
   *
   * @default "default"
   */
  timers?: "default" | "fast";
  /** Kafka properties for every node, by Kafka's names; they override the files'. @default {} */
  properties?: Readonly<Record<string, string>>;
}

/**
 * The timers of `timers: "fast"`, by Kafka's names: each is a broker's default divided by three to ten; their
 * order is kept.
 *
 * The last one limits how late a follower of the metadata log learns a commit: with the response to its next
 * fetch, which waits for the next record.
 */
export const FAST_TIMERS: Readonly<Record<string, string>> = Object.freeze({
  "broker.heartbeat.interval.ms": "200",
  "broker.session.timeout.ms": "1500",
  "controller.quorum.fetch.timeout.ms": "600",
  "controller.quorum.election.timeout.ms": "300",
  "controller.quorum.election.backoff.max.ms": "200",
  "controller.quorum.request.timeout.ms": "600",
  "replica.lag.time.max.ms": "3000",
  "metadata.max.idle.interval.ms": "100",
});
