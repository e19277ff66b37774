// What Kafka's Java clients say of connections. Brokers and controllers use the same client between them.

import type { Entry } from "../entry.ts";
import { BROKER_LOG, CONTAINERS, DIAGNOSE_CLIENT, DIAL, PREDICT_PAUSE, RESOLVE, DIAGNOSE } from "./checks.ts";
import { code } from "./code.ts";

export const JAVA_NETWORK_ERRORS: readonly Entry[] = [
  {
    id: "connection-not-established",
    title: "Connection to node … could not be established",
    patterns: [
      "Connection to node … could not be established",
      "Bootstrap broker … disconnected",
      "Error connecting to node",
      "Connection to … (id: … rack: …) failed.",
    ],
    means:
      "Nothing accepts the connection at that address. A negative node (-1, -2) is a bootstrap server; any " +
      "other is the address that a broker advertises, or of [RaftManager …] that of a voter.",
    causes: [
      { because: "The broker is down or still starts.", faults: ["stop", "kill"], check: CONTAINERS },
      {
        because:
          "A node from 0 on: it advertises a host or port that the client does not reach, often localhost.",
        settings: ["advertised.listeners"],
        rules: ["advertised-unreachable", "inter-broker-localhost", "advertised-port-not-published"],
        check: DIAGNOSE_CLIENT,
      },
      {
        because: "A negative node: bootstrap.servers is wrong, or the port is not published.",
        settings: ["bootstrap.servers"],
        rules: ["bootstrap-not-a-broker"],
        check: DIAL,
      },
      {
        because: "Of [RaftManager …]: the voter's address is wrong.",
        settings: ["controller.quorum.voters"],
        rules: ["voter-address"],
        check: DIAGNOSE,
      },
    ],
    shownBy: "02-four-causes",
    source: "apache/kafka NetworkClient.java, processDisconnection",
  },
  {
    id: "node-disconnected",
    title: "Node … disconnected",
    patterns: [
      "Node … disconnected.",
      "errors.DisconnectException",
      "Cancelled in-flight … request with correlation id",
      "was disconnected before the response was read",
    ],
    means: "An established connection ended. A client that goes on connects again by itself.",
    causes: [
      {
        because: "The broker was stopped, killed or restarted.",
        faults: ["stop", "kill"],
        check: CONTAINERS,
      },
      {
        because: "It was idle for longer than the broker keeps connections.",
        settings: ["connections.max.idle.ms"],
      },
      {
        because: "At once after each connection: one side speaks TLS or SASL, and the other does not.",
        settings: ["security.protocol", "listener.security.protocol.map"],
        check: BROKER_LOG,
      },
    ],
    source: "apache/kafka NetworkClient.java, handleDisconnections",
  },
  {
    id: "request-timeout",
    title: "Disconnecting from node … due to request timeout",
    patterns: ["Disconnecting from node … due to request timeout"],
    means:
      "A request got no answer within request.timeout.ms, so the client ends the connection and tries again.",
    causes: [
      { because: "The broker hangs or is cut off.", faults: ["pause", "isolate"], check: PREDICT_PAUSE },
      {
        because: "Answers take longer than the timeout.",
        settings: ["request.timeout.ms"],
        faults: ["delay", "throttle"],
        rules: ["request-timeout-against-delay"],
        check: "npm run diagnose -- compose.yml application.yml --delay 30s",
      },
    ],
    shownBy: "03-long-delay --client java",
    source: "apache/kafka NetworkClient.java, handleTimedOutRequests",
  },
  {
    id: "connection-setup-timeout",
    title: "Disconnecting from node … due to socket connection setup timeout",
    patterns: ["Disconnecting from node … due to socket connection setup timeout"],
    means: "Neither a connection nor a refusal came in time: packets to that address vanish.",
    causes: [
      {
        because: "A firewall or a cut network drops them, or the address belongs to another network.",
        settings: ["advertised.listeners"],
        faults: ["isolate"],
        rules: ["advertised-unreachable"],
        check: DIAL,
      },
      {
        because: "Answers are later than the timeout.",
        settings: ["socket.connection.setup.timeout.ms", "socket.connection.setup.timeout.max.ms"],
        faults: ["delay"],
        rules: ["connection-timeout-against-delay"],
        check: "npm run diagnose -- compose.yml application.yml --delay 30s",
      },
    ],
    source: "apache/kafka NetworkClient.java, KIP-601",
  },
  {
    id: "unresolvable-bootstrap",
    title: "No resolvable bootstrap urls",
    patterns: [
      "No resolvable bootstrap urls given in bootstrap.servers",
      "Couldn't resolve server … from bootstrap.servers",
    ],
    means: "No host of bootstrap.servers has an address: the client does not start.",
    causes: [
      {
        because:
          "The name is a compose service's, and the client runs outside of its network; or it is misspelt.",
        settings: ["bootstrap.servers"],
        rules: ["bootstrap-not-a-broker"],
        check: RESOLVE,
      },
    ],
    source: "apache/kafka ClientUtils.java",
  },
  {
    id: "unknown-host",
    title: "UnknownHostException",
    patterns: ["java.net.UnknownHostException", "Error connecting to node … UnknownHostException"],
    means:
      "A host name has no address here. It is that of bootstrap.servers, or the one that a broker " +
      "advertises.",
    causes: [
      {
        because: "The broker advertises the name of its container, and the client runs elsewhere.",
        settings: ["advertised.listeners"],
        rules: ["advertised-unreachable"],
        check: DIAGNOSE_CLIENT,
      },
      {
        because: "The container with that name is not running, or is in another network.",
        faults: ["stop", "kill"],
        check: RESOLVE,
      },
    ],
    source: "apache/kafka ClusterConnectionStates.java",
  },
  {
    id: "connection-refused",
    title: "ConnectException: Connection refused",
    patterns: ["java.net.ConnectException: Connection refused"],
    means: "The host answered that nothing listens at that port.",
    causes: [
      { because: "The program is down, or still starts.", faults: ["stop", "kill"], check: CONTAINERS },
      {
        because: "localhost inside of a container is that container, not the broker's.",
        settings: ["bootstrap.servers", "advertised.listeners"],
        rules: ["advertised-unreachable", "inter-broker-localhost", "listener-on-loopback"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "OpenJDK, java.net.ConnectException",
  },
  code("REBOOTSTRAP_REQUIRED", {
    says: [
      "RebootstrapRequiredException",
      "Client metadata is stale. The client should rebootstrap",
      "Rebootstrap requested by server due to cluster metadata mismatch for cluster",
    ],
    means:
      "The broker at that address is of another cluster, or another node, than the client's metadata says " +
      "(KIP-1242, client and broker of 4.4). The client begins with its bootstrap servers again.",
    causes: [
      {
        because: "The host name or the port that brokers advertise leads to another cluster's broker.",
        settings: ["advertised.listeners", "metadata.cluster.check.enable"],
        check: RESOLVE,
      },
    ],
    source: "KafkaApis.scala, handleApiVersionsRequest; NetworkClient.java, handleApiVersionsResponse",
  }),
];
