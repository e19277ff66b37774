package lab;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * What a member is to do: properties whose names begin with `lab.`; the others are the consumer's, those that
 * begin with `lab.producer.` the producer's.
 */
final class Settings {
  private static final String LABS = "lab.";
  private static final String PRODUCERS = "lab.producer.";

  final Properties consumer = new Properties();
  final Properties producer = new Properties();
  private final Properties own = new Properties();

  Settings(Path file) throws IOException {
    Properties all = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      all.load(reader);
    }
    for (String name : all.stringPropertyNames()) {
      String value = all.getProperty(name);
      if (name.startsWith(PRODUCERS)) producer.put(name.substring(PRODUCERS.length()), value);
      else if (name.startsWith(LABS)) own.put(name.substring(LABS.length()), value);
      else consumer.put(name, value);
    }
  }

  String topic() {
    return own.getProperty("topic");
  }

  /** auto, after, before, never, application; transaction: offsets are committed within transactions. */
  String commit() {
    return own.getProperty("commit");
  }

  boolean commits(String policy) {
    return policy.equals(commit());
  }

  long processMicros() {
    return Math.round(Double.parseDouble(own.getProperty("processMs", "0")) * 1_000);
  }

  /** The record whose processing fails, from 1; 0: none. */
  long failAt() {
    return Long.parseLong(own.getProperty("failAt", "0"));
  }

  /** The topic that each processed record is written to; null: none. */
  String output() {
    return own.getProperty("output");
  }

  boolean isTransactional() {
    return producer.containsKey("transactional.id");
  }

  /** A static member stays in the group when it ends (KIP-345). */
  boolean isStatic() {
    return consumer.containsKey("group.instance.id");
  }
}
