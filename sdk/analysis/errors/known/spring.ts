// What Spring Kafka says by itself. What it only carries, such as a failed send, is its cause's entry.

import type { Entry } from "../entry.ts";
import { BROKER_LOG, CONTAINERS, DIAGNOSE_CLIENT, LIST_ACLS, LIST_TOPICS } from "./checks.ts";

export const SPRING_ERRORS: readonly Entry[] = [
  {
    id: "spring-topics-missing",
    title: "Topic(s) … is/are not present and missingTopicsFatal is true",
    patterns: ["is/are not present and missingTopicsFatal is true"],
    means:
      "A listener's topic does not exist when the application starts, and the container refuses to start.",
    causes: [
      {
        because: "The topic is not made yet, or misspelt.",
        settings: ["spring.kafka.listener.missing-topics-fatal", "auto.create.topics.enable"],
        check: LIST_TOPICS,
      },
    ],
    source: "spring-projects/spring-kafka AbstractMessageListenerContainer.java, checkTopics",
  },
  {
    id: "spring-listener-failed",
    title: "ListenerExecutionFailedException",
    patterns: ["ListenerExecutionFailedException", "Listener method … threw exception"],
    means:
      "The application's listener threw an exception for a record. The stack's last cause is the reason.",
    causes: [{ because: "The application's own code failed, or its call of another system." }],
    source: "spring-projects/spring-kafka MessagingMessageListenerAdapter.java",
    isWrapper: true,
  },
  {
    id: "spring-backoff-exhausted",
    title: "Backoff … exhausted for …",
    patterns: ["Backoff … exhausted for"],
    means:
      "The error handler has tried a record as often as it may, logs it and goes on: the record is skipped.",
    causes: [
      {
        because:
          "The listener fails for that record each time; by default there are 9 retries without a pause.",
      },
      { because: "What the listener needs was away for longer than all retries took.", check: CONTAINERS },
    ],
    source: "spring-projects/spring-kafka FailedRecordTracker.java, SeekUtils.java",
    isWrapper: true,
  },
  {
    id: "spring-seek-to-current",
    title: "Seek to current after exception",
    patterns: ["Seek to current after exception"],
    means:
      "A record failed; the container goes back to it and polls it again. The stack's cause is the reason.",
    causes: [{ because: "The listener threw an exception." }],
    source: "spring-projects/spring-kafka SeekUtils.java",
    isWrapper: true,
  },
  {
    id: "spring-cannot-deserialize",
    title: "This error handler cannot process 'SerializationException's directly",
    patterns: [
      "This error handler cannot process 'SerializationException's directly",
      "This error handler cannot process 'SerializationException'",
    ],
    means: "A record cannot be deserialized, and the container polls it again and again without end.",
    causes: [
      {
        because: "The deserializer throws inside of poll(), where no error handler knows the record.",
        settings: ["value.deserializer", "key.deserializer"],
        check: "grep -n ErrorHandlingDeserializer application.yml",
      },
    ],
    source: "spring-projects/spring-kafka DefaultErrorHandler.java",
  },
  {
    id: "spring-untrusted-package",
    title: "The class … is not in the trusted packages",
    patterns: ["is not in the trusted packages"],
    means: "A record's type header names a class that the JSON deserializer may not make.",
    causes: [
      {
        because: "Producer and consumer have the class in different packages, or the package is not listed.",
        settings: ["spring.json.trusted.packages", "spring.json.type.mapping"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "spring-projects/spring-kafka DefaultJackson2JavaTypeMapper.java",
  },
  {
    id: "spring-no-type",
    title: "No type information in headers and no default type provided",
    patterns: ["No type information in headers and no default type provided"],
    means: "The JSON deserializer does not know which class to make of a record.",
    causes: [
      {
        because: "The producer is not Spring, or adds no type headers, and the consumer has no default type.",
        settings: ["spring.json.value.default.type", "spring.json.add.type.headers"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "spring-projects/spring-kafka JsonDeserializer.java",
  },
  {
    id: "spring-cannot-convert",
    title: "MessageConversionException: Cannot convert from …",
    patterns: [
      "MessageConversionException: Cannot convert from",
      "Failed to convert from JSON",
      "Cannot convert from … for GenericMessage",
    ],
    means: "The listener's parameter is of another type than the record, and no converter is there for it.",
    causes: [
      {
        because: "The deserializer gives text or bytes, and the listener wants an object.",
        settings: ["value.deserializer"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "spring-projects/spring-kafka JsonMessageConverter.java",
  },
  {
    id: "spring-authentication-stops",
    title: "Authentication/Authorization Exception and no authExceptionRetryInterval set",
    patterns: [
      "Authentication/Authorization Exception and no authExceptionRetryInterval set",
      "Authentication/Authorization Exception, retrying in",
    ],
    means:
      "The brokers refuse the consumer. Without a retry interval the container stops and does not come back.",
    causes: [
      {
        because: "The stack's cause says whether the name, the password or the ACL is wrong.",
        check: LIST_ACLS,
      },
    ],
    source: "spring-projects/spring-kafka KafkaMessageListenerContainer.java",
    isWrapper: true,
  },
  {
    id: "spring-send-failed",
    title: "KafkaProducerException: Failed to send",
    patterns: [
      "KafkaProducerException",
      "org.springframework.kafka.KafkaException: Send failed",
      "Exception thrown when sending a message with key=",
    ],
    means: "KafkaTemplate could not send a record. The cause says why.",
    causes: [
      {
        because: "See the cause: most often no metadata or no acknowledgement in time.",
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "spring-projects/spring-kafka KafkaTemplate.java",
    isWrapper: true,
  },
  {
    id: "spring-no-transaction",
    title: "IllegalStateException: No transaction is in process",
    patterns: ["No transaction is in process"],
    means: "A transactional KafkaTemplate sends outside of a transaction.",
    causes: [
      {
        because:
          "The method has neither @Transactional nor executeInTransaction, or is called on the " +
          "object itself.",
        settings: ["spring.kafka.producer.transaction-id-prefix"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "spring-projects/spring-kafka KafkaTemplate.java",
  },
  {
    id: "spring-no-acknowledgment",
    title: "No Acknowledgment available as an argument",
    patterns: ["No Acknowledgment available as an argument"],
    means: "The listener takes an Acknowledgment, and the container acknowledges by itself.",
    causes: [
      {
        because: "The ack mode is not manual.",
        settings: ["spring.kafka.listener.ack-mode"],
        rules: ["spring-own-factory"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "spring-projects/spring-kafka MessagingMessageListenerAdapter.java",
  },
  {
    id: "spring-ack-mode-refused",
    title: "Consumer cannot be configured for auto commit for ackMode …",
    patterns: [
      "Consumer cannot be configured for auto commit for ackMode",
      "Cannot use AckMode.RECORD with a batch listener",
    ],
    means: "The listener container does not start: its ack mode does not fit the consumer or the listener.",
    causes: [
      {
        because: "The ack mode is manual, and the client commits by itself, too.",
        settings: ["spring.kafka.listener.ack-mode", "enable.auto.commit"],
        rules: ["spring-ack-mode-without-effect"],
        check: DIAGNOSE_CLIENT,
      },
      {
        because: "The listener takes batches, and the ack mode is that of records.",
        settings: ["spring.kafka.listener.ack-mode"],
        rules: ["spring-record-ack-of-batches"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "spring-projects/spring-kafka KafkaMessageListenerContainer.java, determineAutoCommit",
  },
  {
    id: "spring-dead-letter-failed",
    title: "Dead-letter publication … failed",
    patterns: ["Dead-letter publication to … failed for"],
    means:
      "A record that failed could not be written to its dead-letter topic; it is tried again as a whole.",
    causes: [
      {
        because: "The dead-letter topic does not exist.",
        check: LIST_TOPICS,
      },
      { because: "The brokers do not acknowledge it.", faults: ["stop", "kill"], check: BROKER_LOG },
    ],
    source: "spring-projects/spring-kafka DeadLetterPublishingRecoverer.java",
  },
];
