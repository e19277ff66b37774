package lab;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions that a member has, and up to where each is processed.
 *
 * <p>A cooperative rebalance gives and takes the difference, an eager one everything: what the client says is
 * passed on.
 */
final class Partitions implements ConsumerRebalanceListener {
  private final Consumer<byte[], byte[]> consumer;
  /** By partition, the offset after the last one that was processed. */
  private final Map<TopicPartition, Long> done = new LinkedHashMap<>();

  Partitions(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    ConsumerGroupMetadata group = consumer.groupMetadata();
    Line line = Line.at("member", Line.now()).with("change", "assigned").partitions(partitions);
    if (group.generationId() >= 0) line.with("generation", group.generationId());
    if (!group.memberId().isEmpty()) line.with("memberId", group.memberId());
    line.print();
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    gone("revoked", partitions);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    gone("lost", partitions);
  }

  private void gone(String change, Collection<TopicPartition> partitions) {
    done.keySet().removeAll(partitions);
    if (partitions.isEmpty()) return;
    Line.at("member", Line.now()).with("change", change).partitions(partitions).print();
  }

  void reached(TopicPartition partition, long next) {
    done.put(partition, next);
  }

  Map<TopicPartition, Long> done() {
    return done;
  }

  /** Has the next poll give what was not processed again. */
  void rewind(Map<TopicPartition, Long> to) {
    to.forEach(
        (partition, offset) -> {
          try {
            consumer.seek(partition, offset);
          } catch (IllegalStateException gone) {
            // it is another member's by now, which reads it
          }
        });
  }
}
