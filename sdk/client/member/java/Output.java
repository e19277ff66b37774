package lab;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The topic that a member writes what it processes to, with or without transactions.
 *
 * <pre>
 *   begin ─▶ write … ─▶ commit: the offsets, and the end of the transaction
 *                   └─▶ abort: what was written is seen by nobody at read_committed
 * </pre>
 */
final class Output {
  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;
  /** Null without transactions. */
  private final String transactionalId;
  private boolean isOpen = false;

  /** Ends what an earlier producer of the same transactional.id left open, and fences that. */
  Output(Settings settings) {
    topic = settings.output();
    transactionalId = settings.producer.getProperty("transactional.id");
    ByteArraySerializer bytes = new ByteArraySerializer();
    producer = new KafkaProducer<>(settings.producer, bytes, bytes);
    if (transactionalId != null) producer.initTransactions();
  }

  boolean isTransactional() {
    return transactionalId != null;
  }

  void begin() {
    if (transactionalId == null) return;
    producer.beginTransaction();
    isOpen = true;
    report("begun", Line.now(), null);
  }

  /** Writes a record for each, and waits until all are acknowledged; returns why one is not, else null. */
  String write(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
    long atMicros = Line.now();
    String error = null;
    try {
      List<Future<RecordMetadata>> sent = new ArrayList<>(records.size());
      for (ConsumerRecord<byte[], byte[]> record : records) sent.add(producer.send(madeOf(record)));
      producer.flush();
      for (Future<RecordMetadata> one : sent) one.get();
    } catch (KafkaException failed) {
      error = Commits.textOf(failed);
    } catch (ExecutionException failed) {
      error = Commits.textOf(failed.getCause());
    } catch (InterruptedException interrupted) {
      throw new InterruptException(interrupted);
    }
    Line.at("produced", atMicros)
        .since(atMicros)
        .of(partition)
        .list("offsets", records, (json, one) -> json.append('"').append(one.offset()).append('"'))
        .with("output", topic)
        .maybe("error", error)
        .print();
    return error;
  }

  /** Names the record that it is made of: `orders-3@17 VALUE`. kafkajs-output.mjs writes the same. */
  private ProducerRecord<byte[], byte[]> madeOf(ConsumerRecord<byte[], byte[]> record) {
    String value =
        record.topic() + "-" + record.partition() + "@" + record.offset()
            + " " + Records.text(record.value());
    return new ProducerRecord<>(topic, record.key(), value.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Commits the offsets and the transaction; returns whether it did.
   *
   * @throws KafkaException where the producer cannot go on
   */
  boolean commit(Map<TopicPartition, Long> positions, ConsumerGroupMetadata group) {
    long atMicros = Line.now();
    boolean isEnding = false;
    try {
      producer.sendOffsetsToTransaction(Commits.offsetsOf(positions), group);
      isEnding = true;
      producer.commitTransaction();
    } catch (KafkaException error) {
      // it is not known only where the end itself was not answered
      boolean isLate = error instanceof TimeoutException || error instanceof InterruptException;
      boolean isUnknown = isEnding && isLate;
      Commits.report(atMicros, positions, error, !isUnknown);
      if (!isUnknown) {
        abort(Commits.textOf(error));
        return false;
      }
      report("failed", atMicros, Commits.textOf(error));
      throw error;
    }
    isOpen = false;
    report("committed", atMicros, null);
    Commits.report(atMicros, positions, null, false);
    return true;
  }

  /**
   * Aborts the transaction that is open, if one is.
   *
   * @throws KafkaException where that is not possible: the producer is fenced
   */
  void abort(String why) {
    if (!isOpen) return;
    isOpen = false;
    long atMicros = Line.now();
    try {
      producer.abortTransaction();
      report("aborted", atMicros, why);
    } catch (KafkaException error) {
      report("failed", atMicros, Commits.textOf(error));
      throw error;
    }
  }

  void close() {
    producer.close();
  }

  private void report(String change, long atMicros, String error) {
    Line line = Line.at("transaction", atMicros);
    if (change.equals("begun")) line.millis("tookMs", 0);
    else line.since(atMicros);
    line.with("transactionalId", transactionalId).with("change", change);
    line.maybe("error", error).print();
  }
}
