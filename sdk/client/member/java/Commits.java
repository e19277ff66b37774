package lab;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;

/** Commits of a member, each with its answer. */
final class Commits {
  private Commits() {}

  /**
   * Commits and waits for the answer; returns the client's error, null where there is none.
   *
   * @throws KafkaException where the client cannot go on
   */
  static KafkaException sync(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> positions) {
    if (positions.isEmpty()) return null;
    long atMicros = Line.now();
    try {
      consumer.commitSync(offsetsOf(positions));
      report(atMicros, positions, null, false);
      return null;
    } catch (KafkaException error) {
      report(atMicros, positions, error, isRefused(error));
      if (error instanceof FencedInstanceIdException || error instanceof AuthorizationException) throw error;
      return error;
    }
  }

  static void report(
      long atMicros, Map<TopicPartition, Long> positions, Exception error, boolean isRefused) {
    Line line = Line.at("commit", atMicros).since(atMicros).positions(positions);
    if (error != null) line.with("error", textOf(error));
    if (isRefused) line.with("isRefused", true);
    line.print();
  }

  static Map<TopicPartition, OffsetAndMetadata> offsetsOf(Map<TopicPartition, Long> positions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new LinkedHashMap<>();
    positions.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
    return offsets;
  }

  /**
   * Whether it is known that nothing was committed: the coordinator has said so, or the client has not asked
   * it. TimeoutException and its like are retriable, and say nothing.
   */
  private static boolean isRefused(Exception error) {
    if (error instanceof RebalanceInProgressException) return true;
    return !(error instanceof RetriableException) && !(error instanceof InterruptException);
  }

  /** `CommitFailedException: Offset commit cannot be completed since …`. */
  static String textOf(Throwable error) {
    String name = error.getClass().getSimpleName();
    return error.getMessage() == null ? name : name + ": " + error.getMessage();
  }
}
