package lab;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** What is reported of records. */
final class Records {
  private Records() {}

  static void delivered(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
    Line.at("delivered", Line.now())
        .of(partition)
        .list(
            "records",
            records,
            (json, one) -> {
              json.append("{\"offset\":\"").append(one.offset()).append("\",\"value\":");
              Line.quote(json, text(one.value()));
              if (one.key() != null) {
                json.append(",\"key\":");
                Line.quote(json, text(one.key()));
              }
              json.append('}');
            })
        .print();
  }

  /** @param error why the last of them failed; null where none did */
  static void processed(
      TopicPartition partition, long atMicros, List<ConsumerRecord<byte[], byte[]>> records, String error) {
    Line.at("processed", atMicros)
        .since(atMicros)
        .of(partition)
        .list("offsets", records, (json, one) -> json.append('"').append(one.offset()).append('"'))
        .maybe("error", error)
        .print();
  }

  static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }
}
