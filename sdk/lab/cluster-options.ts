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
   * `"auto"` is Docker if a daemon answers and the images are present or can be pulled, otherwise local.
   *
   * @default the environment's LAB_ENGINE, else "auto"
   */
  engine?: "auto" | "local" | "docker";
  /**
   * A Kafka version (`"4"`, `"3.9"`) that overrides the image tag's.
   *
   * @default the environment's LAB_KAFKA, else the image tag's
   */
  kafka?: string;
  /** Compose's project name, for the docker engine. @default kafka-failure-lab-ID, unique to this lab */
  project?: string;
  /**
   * `"fast"` shortens the brokers' own timers, so that a dead broker is detected after 1.5 s instead of 9 s.
   *
   * @default "default"
   */
  timers?: "default" | "fast";
  /** Broker properties for every node, which override the files'. */
  properties?: Readonly<Record<string, string>>;
}

/**
 * The timers of `timers: "fast"`, in milliseconds: each is a broker's default divided by three to ten, in the
 * same order of size.
 *
 * The last one bounds when a follower of the metadata log learns of a commit: with the answer to its next
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
