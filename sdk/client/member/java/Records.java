package lab;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
              Line.quote(json, kept(text(one.value())));
              if (one.key() != null) {
                json.append(",\"key\":");
                Line.quote(json, kept(text(one.key())));
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

  /** As keptText() of runtime/kept-text.ts. */
  static String kept(String text) {
    if (text.length() <= 1_000) return text;
    StringBuilder kept = new StringBuilder(text.substring(0, 40)).append("… sha256:");
    byte[] sum = sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    for (int at = 0; at < 8; at++) kept.append(String.format("%02x", sum[at]));
    return kept.toString();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException error) {
      throw new IllegalStateException(error); // every Java has it
    }
  }
}
