package lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A member of a consumer group with Kafka's own client: a process of its own, so that it can be killed or
 * frozen.
 *
 * <pre>
 *   stdin ─▶ orders (Order)    --properties FILE (Settings)    stdout ─▶ lines (Line), and the client's log
 *
 *   poll ─▶ delivered ─▶ [commit before] ─▶ [produced ─▶] processed … ─▶ [commit after] ─▶ poll
 * </pre>
 *
 * While it processes it does not poll, as applications do: a batch that takes longer than
 * max.poll.interval.ms loses its partitions. Every line is written before the next step is begun, so that
 * what a SIGKILL leaves is what was done. What is not processed, because a record failed or the member is to
 * end, is read again: no automatic commit passes over it.
 */
public final class Member {
  private static final Duration POLL = Duration.ofMillis(100);

  private final Settings settings;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Partitions partitions;
  private final Queue<Order> orders = new ConcurrentLinkedQueue<>();
  private volatile boolean isClosing = false;
  /** The order that is answered when it has left the group. */
  private volatile Order closing;
  /** Records whose processing was begun. */
  private long begun = 0;
  /** How long processing a record takes: an order may change it. */
  private volatile long processMicros;
  /** Null where it writes to no other topic. */
  private Output output;
  /** Why the record that was processed last has failed. */
  private String failure;

  /** How far the records of a partition were processed. */
  private enum Ending {
    WHOLE,
    STOPPED,
    FAILED
  }

  private Member(Settings settings) {
    this.settings = settings;
    processMicros = settings.processMicros();
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    consumer = new KafkaConsumer<>(settings.consumer, bytes, bytes);
    partitions = new Partitions(consumer);
  }

  public static void main(String[] args) throws IOException {
    Member member = new Member(new Settings(Path.of(args[1])));
    Thread input = new Thread(member::readOrders, "orders");
    input.setDaemon(true);
    input.start();
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> member.onSignal(main)));
    member.run();
  }

  /** SIGTERM, SIGINT: it leaves the group, and the process ends behind that. */
  private void onSignal(Thread main) {
    isClosing = true;
    try {
      main.join();
    } catch (InterruptedException interrupted) {
      // the process ends
    }
  }

  private void run() {
    try {
      if (settings.output() != null) output = new Output(settings);
      consumer.subscribe(List.of(settings.topic()), partitions);
      while (!isClosing) {
        obey();
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
        if (!polled.isEmpty()) handle(polled);
      }
      obey();
      close();
    } catch (KafkaException error) {
      Line.at("member", Line.now()).with("change", "failed").with("error", Commits.textOf(error)).print();
      System.err.println(error);
      Runtime.getRuntime().halt(1);
    }
  }

  private void close() {
    if (output != null) output.close();
    consumer.close();
    if (!settings.isStatic()) Line.at("member", Line.now()).with("change", "left").print();
    if (closing == null) return; // the signal ends the process
    closing.answer(null);
    Runtime.getRuntime().halt(0);
  }

  /** Where standard input ends, the owner is gone, and so is this process. */
  private void readOrders() {
    InputStreamReader input = new InputStreamReader(System.in, StandardCharsets.UTF_8);
    try (BufferedReader lines = new BufferedReader(input)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) accept(line);
    } catch (IOException error) {
      // as its end
    }
    Runtime.getRuntime().halt(0);
  }

  /** The client is not for two threads: what concerns it waits for the thread that polls. */
  private void accept(String line) {
    Order order;
    try {
      order = Order.read(line);
    } catch (IllegalArgumentException error) {
      System.err.println(error.getMessage());
      return;
    }
    switch (order.what()) {
      case "commit":
        orders.add(order);
        break;
      case "close":
        closing = order;
        isClosing = true;
        break;
      case "slow":
        processMicros = Math.round(order.number("processMs", 0) * 1_000);
        order.answered().millis("processMs", processMicros).print();
        break;
      default:
        order.answer("unknown order: " + order.what());
    }
  }

  private void obey() {
    for (Order order = orders.poll(); order != null; order = orders.poll()) {
      if (settings.commits("transaction")) {
        order.answer("its offsets are committed within transactions");
        continue;
      }
      KafkaException error = Commits.sync(consumer, partitions.done());
      order.answer(error == null ? null : Commits.textOf(error));
    }
  }

  private void handle(ConsumerRecords<byte[], byte[]> polled) {
    Map<TopicPartition, Long> first = new LinkedHashMap<>();
    Map<TopicPartition, Long> ends = new LinkedHashMap<>();
    for (TopicPartition partition : polled.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
      Records.delivered(partition, records);
      first.put(partition, records.get(0).offset());
      ends.put(partition, records.get(records.size() - 1).offset() + 1);
    }
    if (settings.commits("before") && Commits.sync(consumer, ends) != null) {
      partitions.rewind(first);
      return;
    }
    if (output != null) output.begin();
    Map<TopicPartition, Long> reached = new LinkedHashMap<>();
    Ending ending = Ending.WHOLE;
    for (TopicPartition partition : polled.partitions()) {
      ending = process(partition, polled.records(partition), reached);
      if (ending != Ending.WHOLE) break;
    }
    settle(first, reached, ending);
  }

  /** Commits what was processed, and has the rest read again. */
  private void settle(Map<TopicPartition, Long> first, Map<TopicPartition, Long> reached, Ending ending) {
    if (settings.commits("transaction")) {
      if (ending == Ending.FAILED) output.abort(failure);
      else if (reached.isEmpty()) output.abort("stopped before the first record");
      else if (output.commit(reached, consumer.groupMetadata())) first.putAll(reached);
      if (ending != Ending.WHOLE || !first.equals(reached)) partitions.rewind(first);
      return;
    }
    if (ending != Ending.WHOLE) {
      first.putAll(reached);
      partitions.rewind(first);
    }
    if (settings.commits("after")) Commits.sync(consumer, reached);
  }

  /** Processes records up to the last, to one that fails, or to where the member is to end. */
  private Ending process(
      TopicPartition partition,
      List<ConsumerRecord<byte[], byte[]>> records,
      Map<TopicPartition, Long> reached) {
    boolean failsHere = settings.failAt() > begun && settings.failAt() <= begun + records.size();
    if (processMicros == 0 && !failsHere) {
      begun += records.size();
      return isDone(partition, records, false, reached) ? Ending.WHOLE : Ending.FAILED;
    }
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (isClosing) return Ending.STOPPED;
      if (!isDone(partition, List.of(record), ++begun == settings.failAt(), reached)) return Ending.FAILED;
      obey();
    }
    return Ending.WHOLE;
  }

  /** Processes records in one go; returns whether that worked. */
  private boolean isDone(
      TopicPartition partition,
      List<ConsumerRecord<byte[], byte[]>> records,
      boolean failsHere,
      Map<TopicPartition, Long> reached) {
    long atMicros = Line.now();
    if (processMicros > 0) work();
    failure = failsHere ? "failed at record " + begun + ", as asked" : null;
    if (output != null && !failsHere) failure = output.write(partition, records);
    // where writing fails, none is done
    Records.processed(partition, atMicros, failure == null ? records : records.subList(0, 1), failure);
    if (failure != null) return false;
    long next = records.get(records.size() - 1).offset() + 1;
    reached.put(partition, next);
    partitions.reached(partition, next);
    return true;
  }

  private void work() {
    try {
      Thread.sleep(processMicros / 1_000, (int) (processMicros % 1_000) * 1_000);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}
