// Commands that tell causes apart, in the form of the repository; words in capitals are the reader's.

/** Rules over the reader's files. */
export const DIAGNOSE = "npm run diagnose -- compose.yml";
export const DIAGNOSE_CLIENT = "npm run diagnose -- compose.yml application.yml";

/** What a fault does to this file's cluster and a client. */
export const PREDICT_KILL = "npm run predict -- compose.yml --fault kill --target leader";
export const PREDICT_STOP = "npm run predict -- compose.yml --fault stop --target leader";
export const PREDICT_PAUSE = "npm run predict -- compose.yml --fault pause --target leader";
export const PREDICT_FOLLOWERS = "npm run predict -- compose.yml --fault kill --target followers";
export const PREDICT_HUNG_FOLLOWERS = "npm run predict -- compose.yml --fault pause --target followers";
export const PREDICT_DELAY = "npm run predict -- compose.yml --fault delay --delay 30s --client java --cold";
export const PREDICT_CONTROLLER = "npm run predict -- compose.yml --fault kill --target controller";
export const DOCTOR = "npm run doctor";

/** Kafka's own tools, in the image's bin folder. */
export const DESCRIBE_TOPIC = "kafka-topics.sh --bootstrap-server localhost:9092 --describe --topic TOPIC";
export const LIST_TOPICS = "kafka-topics.sh --bootstrap-server localhost:9092 --list";
export const DESCRIBE_OFFSETS: string =
  "kafka-topics.sh --bootstrap-server localhost:9092 --describe --topic __consumer_offsets";
export const DESCRIBE_TRANSACTIONS: string =
  "kafka-topics.sh --bootstrap-server localhost:9092 --describe --topic __transaction_state";
export const UNDER_MIN_ISR: string =
  "kafka-topics.sh --bootstrap-server localhost:9092 --describe --under-min-isr-partitions";
export const TOPIC_CONFIG: string =
  "kafka-configs.sh --bootstrap-server localhost:9092 --describe --all --entity-type topics " +
  "--entity-name TOPIC";
export const BROKER_CONFIG: string =
  "kafka-configs.sh --bootstrap-server localhost:9092 --describe --all --entity-type brokers " +
  "--entity-name ID";
export const DESCRIBE_GROUP: string =
  "kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group GROUP";
export const GROUP_MEMBERS: string =
  "kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group GROUP --members --verbose";
export const EARLIEST = "kafka-get-offsets.sh --bootstrap-server localhost:9092 --topic TOPIC --time -2";
export const LIST_ACLS = "kafka-acls.sh --bootstrap-server localhost:9092 --list --principal User:NAME";
export const VERSIONS = "kafka-broker-api-versions.sh --bootstrap-server localhost:9092";
export const QUORUM = "kafka-metadata-quorum.sh --bootstrap-server localhost:9092 describe --status";
export const TRANSACTIONS = "kafka-transactions.sh --bootstrap-server localhost:9092 list";

/** Shell lines. */
export const CONTAINERS = "docker compose ps -a";
export const BROKER_LOG = "docker compose logs --since 10m SERVICE";
export const OOM = "docker inspect --format '{{.State.OOMKilled}} {{.State.ExitCode}}' CONTAINER";
export const DIAL = "nc -vz HOST PORT";
export const RESOLVE = "getent hosts HOST";
export const DISK = "docker compose exec SERVICE df -h";
export const OWNER = "docker compose exec SERVICE ls -ldn /var/lib/kafka/data";
export const LISTENING = "ss -ltnp";
export const CERTIFICATE = "openssl s_client -connect HOST:PORT -servername HOST";
