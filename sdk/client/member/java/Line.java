package lab;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * One line of JSON on standard output, as ../line.ts has it.
 *
 * <p>It is written with one call, so that no line of the log comes between.
 */
final class Line {
  private final StringBuilder text = new StringBuilder(256);

  Line(String kind) {
    text.append("{\"kind\":");
    quote(text, kind);
  }

  /** An event that began at this time, in microseconds since the epoch. */
  static Line at(String kind, long atMicros) {
    return new Line(kind).millis("atMs", atMicros);
  }

  /** The wall clock, in microseconds since the epoch. */
  static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
  }

  Line with(String name, String value) {
    return raw(name, json -> quote(json, value));
  }

  Line with(String name, long value) {
    return raw(name, json -> json.append(value));
  }

  Line with(String name, boolean value) {
    return raw(name, json -> json.append(value));
  }

  /** Only where there is a value. */
  Line maybe(String name, String value) {
    return value == null ? this : with(name, value);
  }

  /** Microseconds as milliseconds with a fraction. */
  Line millis(String name, long micros) {
    long value = Math.max(0, micros);
    String fraction = String.valueOf(1_000 + value % 1_000).substring(1);
    return raw(name, json -> json.append(value / 1_000).append('.').append(fraction));
  }

  /** The time since then, as `tookMs`. */
  Line since(long atMicros) {
    return millis("tookMs", now() - atMicros);
  }

  Line of(TopicPartition partition) {
    return with("topic", partition.topic()).with("partition", partition.partition());
  }

  Line partitions(Collection<TopicPartition> all) {
    return list("partitions", all, (json, one) -> json.append(of(one, "")));
  }

  /** By partition, the offset of the next record to read. */
  Line positions(Map<TopicPartition, Long> positions) {
    return list(
        "offsets",
        positions.entrySet(),
        (json, one) -> json.append(of(one.getKey(), ",\"offset\":\"" + one.getValue() + "\"")));
  }

  <T> Line list(String name, Iterable<T> all, BiConsumer<StringBuilder, T> write) {
    return raw(
        name,
        json -> {
          json.append('[');
          int start = json.length();
          for (T one : all) {
            if (json.length() > start) json.append(',');
            write.accept(json, one);
          }
          json.append(']');
        });
  }

  void print() {
    byte[] bytes = text.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
    synchronized (System.out) {
      System.out.write(bytes, 0, bytes.length);
      System.out.flush();
    }
  }

  private Line raw(String name, java.util.function.Consumer<StringBuilder> write) {
    text.append(',');
    quote(text, name);
    text.append(':');
    write.accept(text);
    return this;
  }

  private static String of(TopicPartition partition, String more) {
    StringBuilder json = new StringBuilder("{\"topic\":");
    quote(json, partition.topic());
    return json.append(",\"partition\":").append(partition.partition()).append(more).append('}').toString();
  }

  /** Text in quotes, with everything escaped that JSON does not allow in them. */
  static void quote(StringBuilder json, String value) {
    json.append('"');
    for (int at = 0; at < value.length(); at++) {
      char one = value.charAt(at);
      if (one == '"' || one == '\\') json.append('\\').append(one);
      else if (one < ' ' || Character.isSurrogate(one) && !isPaired(value, at))
        json.append("\\u").append(String.format("%04x", (int) one));
      else json.append(one);
    }
    json.append('"');
  }

  /** A surrogate without its other half cannot be encoded. */
  private static boolean isPaired(String value, int at) {
    char one = value.charAt(at);
    return Character.isHighSurrogate(one)
        ? at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(value.charAt(at - 1));
  }
}
