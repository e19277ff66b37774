import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A client of Kafka's own, for changes between versions: {@code VersionClient MODE TOPIC NAME=VALUE...}.
 *
 * <p>It is compiled as it is started, with the jars of the version that it is a client of. Each thing that
 * happens is a line {@code > MILLISECONDS WORDS}; other lines are the client's log. It ends with its standard
 * input.
 */
public final class VersionClient {
  private static final StringSerializer TO_TEXT = new StringSerializer();
  private static final StringDeserializer TEXT = new StringDeserializer();
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int TRANSACTIONS = 3;

  private VersionClient() {}

  public static void main(String[] args) throws Exception {
    Thread owner = new Thread(VersionClient::endWithOwner);
    owner.setDaemon(true);
    owner.start();
    Properties properties = new Properties();
    for (String one : List.of(args).subList(2, args.length)) {
      int at = one.indexOf('=');
      properties.put(one.substring(0, at), one.substring(at + 1));
    }
    try {
      run(args[0], args[1], properties);
    } catch (Exception error) {
      say("refused " + textOf(error));
    }
    Thread.currentThread().join(); // its owner ends it
  }

  private static void run(String mode, String topic, Properties properties) throws Exception {
    switch (mode) {
      case "send" -> send(topic, properties);
      case "transact" -> transact(topic, properties);
      case "join" -> join(topic, properties);
      case "share" -> share(topic, properties, false);
      case "hold" -> share(topic, properties, true);
      default -> throw new IllegalArgumentException("no mode " + mode);
    }
  }

  /** Sends a record every 50 ms, for ever. */
  private static void send(String topic, Properties properties) throws InterruptedException {
    KafkaProducer<String, String> producer = new KafkaProducer<>(properties, TO_TEXT, TO_TEXT);
    for (int number = 1; ; number++) {
      String value = "value-" + number;
      producer.send(
          new ProducerRecord<>(topic, value),
          (at, error) ->
              say(error == null ? "acked " + value + " @" + at.offset() : "failed " + textOf(error)));
      Thread.sleep(50);
    }
  }

  /** Commits transactions of one record each, and says which producer epoch the partition saw last. */
  private static void transact(String topic, Properties properties) throws Exception {
    TopicPartition partition = new TopicPartition(topic, 0);
    Map<String, Object> of = Map.of("bootstrap.servers", properties.get("bootstrap.servers"));
    try (Admin admin = Admin.create(of);
        KafkaProducer<String, String> producer = new KafkaProducer<>(properties, TO_TEXT, TO_TEXT)) {
      producer.initTransactions();
      for (int number = 1; number <= TRANSACTIONS; number++) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(topic, "value-" + number)).get();
        var seen = admin.describeProducers(List.of(partition)).partitionResult(partition).get();
        say("epoch " + seen.activeProducers().get(0).producerEpoch());
        producer.commitTransaction();
      }
      say("done");
    }
  }

  /** Reads as a member of a group. */
  private static void join(String topic, Properties properties) {
    KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties, TEXT, TEXT);
    consumer.subscribe(
        List.of(topic),
        new ConsumerRebalanceListener() {
          @Override
          public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            say("assigned " + numbersOf(partitions));
          }

          @Override
          public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            say("revoked " + numbersOf(partitions));
          }
        });
    for (; ; )
      for (ConsumerRecord<String, String> one : consumer.poll(POLL))
        say("given " + one.partition() + " @" + one.offset());
  }

  /** Reads as a member of a share group; a holder does not acknowledge what it was given. */
  private static void share(String topic, Properties properties, boolean isHolder) {
    KafkaShareConsumer<String, String> consumer = new KafkaShareConsumer<>(properties, TEXT, TEXT);
    consumer.subscribe(List.of(topic));
    for (boolean isGiven = false; !isGiven || !isHolder; )
      for (ConsumerRecord<String, String> one : consumer.poll(POLL)) {
        isGiven = true;
        say("given " + one);
      }
  }

  private static String numbersOf(Collection<TopicPartition> partitions) {
    return partitions.stream()
        .map(TopicPartition::partition)
        .collect(Collectors.toCollection(TreeSet::new))
        .toString();
  }

  private static String textOf(Throwable error) {
    Throwable cause = error.getCause() == null ? error : error.getCause();
    return cause.getClass().getSimpleName() + ": " + String.valueOf(cause.getMessage()).replace('\n', ' ');
  }

  private static synchronized void say(String words) {
    System.out.println("> " + System.currentTimeMillis() + " " + words);
  }

  private static void endWithOwner() {
    try {
      while (System.in.read() >= 0) {
        // nothing is asked of it
      }
    } catch (java.io.IOException error) {
      // there is no owner
    }
    Runtime.getRuntime().halt(0);
  }
}
