// processing.guarantee=exactly_once_v2: what it needs of the producers and of the brokers.

import type { Rule } from "../finding.ts";
import { fixing } from "../fix.ts";
import { isAll } from "../known/clients.ts";
import { givenTo, isExactlyOnce } from "../read/streams.ts";
import { isOpen, numberOf, type Setting } from "../setting.ts";
import type { Application } from "../facts.ts";
import { IN_FLIGHT } from "./producers.ts";
import { brokersIn, noTransactions } from "./replicas-of-others.ts";
import { best, replicas, TRANSACTIONS } from "./replica-fixes.ts";
import { eachApplication } from "./streams.ts";

const GUARANTEE = "processing.guarantee";
const TIMEOUT = "producer.transaction.timeout.ms";
const INTERVAL = "commit.interval.ms";

export const streamsExactlyOnceRules: readonly Rule[] = [
  {
    id: "streams-exactly-once-conflict",
    severity: "error",
    title: "the producer's settings contradict exactly-once processing",
    source:
      "Kafka: StreamsConfig.verifyMaxInFlightRequestPerConnection, PRODUCER_EOS_OVERRIDES " +
      "(enable.idempotence), " +
      "ProducerConfig.postProcessAndValidateIdempotenceConfigs",
    check: (facts) =>
      eachApplication(facts, (application) => {
        const setting = isExactlyOnce(application) ? conflicting(application) : undefined;
        if (setting === undefined) return null;
        const isFlight = setting.key === IN_FLIGHT;
        return {
          settings: [setting, application.settings.of(GUARANTEE)],
          happens:
            "The application does not start: with exactly-once processing its producers are " +
            "idempotent, and " +
            `${setting.key}=${setting.value} is refused (${isFlight ? "5 at most" : "acks=all"}).`,
          fix: application.settings.set(setting.written, isFlight ? "5" : "all"),
        };
      }),
  },
  {
    id: "streams-transaction-timeout",
    severity: "error",
    title: "the transaction timeout is below the commit interval",
    source:
      "Kafka: StreamsConfig.verifyEOSTransactionTimeoutCompatibility, defaults 10000 and 100; tried with " +
      "3.9.2 and 4.4.0",
    check: (facts) =>
      eachApplication(facts, (application) => {
        const { settings } = application;
        const given = settings.given.get(TIMEOUT);
        const [timeout, interval] = [
          given === undefined ? 10_000 : numberOf(given.value),
          settings.given.has(INTERVAL) ? settings.number(INTERVAL) : 100,
        ];
        if (!isExactlyOnce(application) || !(timeout < interval)) return null;
        return {
          settings: [settings.given.get(INTERVAL), given].filter((one) => one !== undefined),
          happens:
            `The application does not start: "Transaction timeout ${timeout} was set lower than ` +
            "streams commit " +
            `interval ${interval}".`,
          fix:
            timeout < 100
              ? settings.set(TIMEOUT, "10000")
              : fixing(settings.set(INTERVAL, "100"), `, or ${settings.spell(TIMEOUT, String(interval))}`),
        };
      }),
  },
  {
    id: "streams-no-transactions",
    severity: "error",
    title: "exactly-once processing without transactions",
    source: "Kafka: transaction.state.log.replication.factor, default 3 (TransactionLogConfig); KIP-447",
    check: (facts) =>
      eachApplication(facts, (application) => {
        const found = noTransactions(facts);
        if (!isExactlyOnce(application) || found.length === 0) return null;
        return {
          settings: [application.settings.of(GUARANTEE), ...found],
          happens:
            `No transaction begins, so the application processes nothing: __transaction_state wants ` +
            `${found[0]!.value} replicas, and there are ${brokersIn(facts)}.`,
          fix: replicas(facts.cluster!.brokers, TRANSACTIONS, best(facts)),
        };
      }),
  },
];

function conflicting({ settings }: Application): Setting | undefined {
  return givenTo("producer", [...settings.given.values()]).find(
    ({ key, value }) =>
      !isOpen(value) && ((key === "acks" && !isAll(value)) || (key === IN_FLIGHT && numberOf(value) > 5)),
  );
}
