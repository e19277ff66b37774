// Lines of brokers and controllers about each other and the quorum.

import type { Entry } from "../entry.ts";
import { BROKER_LOG, DIAGNOSE, PREDICT_CONTROLLER, QUORUM } from "./checks.ts";

export const BROKER_QUORUM_ERRORS: readonly Entry[] = [
  {
    id: "candidate",
    title: "Become candidate due to fetch timeout",
    patterns: [
      "Become candidate due to fetch timeout",
      "Transitioning to Prospective state due to fetch timeout",
      "Re-elect as candidate after election backoff has completed",
    ],
    means:
      "A controller lost the quorum's leader and stands for election. If it repeats, there is no majority.",
    causes: [
      {
        because: "The active controller was stopped, killed, or hangs.",
        faults: ["stop", "kill", "pause"],
        check: PREDICT_CONTROLLER,
      },
      {
        because: "It repeats: too few voters run, or they do not reach each other.",
        settings: ["controller.quorum.voters"],
        faults: ["split", "isolate"],
        rules: ["two-voters", "even-voters", "voter-address"],
        check: QUORUM,
      },
    ],
    source: "apache/kafka KafkaRaftClient.java, KIP-595, KIP-996",
  },
  {
    id: "quorum-lost",
    title: "Did not receive fetch request from the majority of the voters",
    patterns: ["Did not receive fetch request from the majority of the voters"],
    means: "The active controller is cut off from the other voters, and resigns.",
    causes: [
      {
        because: "The other voters are down or hang.",
        faults: ["kill", "pause"],
        rules: ["two-voters"],
        check: QUORUM,
      },
      {
        because: "The network between the controllers is cut or slow.",
        settings: ["controller.quorum.fetch.timeout.ms"],
        faults: ["isolate", "split", "delay"],
        check: QUORUM,
      },
    ],
    source: "apache/kafka LeaderState.java, KAFKA-15489",
  },
  {
    id: "controller-overloaded",
    title: "controller event queue overloaded",
    patterns: ["controller event queue overloaded", "event unable to start processing because of"],
    means: "The controller did not come to an event in time, so brokers may be fenced that are well.",
    causes: [
      {
        because: "Its process or machine stood still for a while, or has too little processor time.",
        faults: ["pause"],
        check: "docker stats --no-stream",
      },
      { because: "It stops, or is no longer the active controller.", faults: ["stop"], check: QUORUM },
    ],
    source: "apache/kafka ReplicationControlManager.java, QuorumController.java",
  },
  {
    id: "heartbeat-not-sent",
    title: "Unable to send a heartbeat because the RPC got timed out before it could be sent",
    patterns: [
      "Unable to send a heartbeat because the RPC got timed out before it could be sent",
      "Broker … sent a heartbeat request but received error",
    ],
    means: "The broker does not reach the active controller. After its session it is fenced.",
    causes: [
      {
        because: "The controller is down, hangs, or has no majority.",
        faults: ["kill", "pause"],
        rules: ["two-voters"],
        check: PREDICT_CONTROLLER,
      },
      {
        because: "The network between them is cut, or the voter's address is wrong.",
        settings: ["controller.quorum.voters"],
        faults: ["isolate", "split"],
        rules: ["voter-address"],
        check: QUORUM,
      },
    ],
    source: "apache/kafka BrokerLifecycleManager.scala",
  },
  {
    id: "registration-not-sent",
    title: "Unable to register the broker because the RPC got timed out before it could be sent",
    patterns: [
      "Unable to register the broker because the RPC got timed out before it could be sent",
      "Shutting down because we were unable to register with the controller quorum",
    ],
    means: "A starting broker does not reach the active controller.",
    causes: [
      {
        because: "The voters' addresses are wrong, or no majority of them runs.",
        settings: ["controller.quorum.voters", "controller.listener.names"],
        rules: ["voter-address", "voters-differ", "two-voters"],
        check: DIAGNOSE,
      },
      {
        because: "Broker and controller use different security on the controllers' listener.",
        settings: ["listener.security.protocol.map"],
        check: BROKER_LOG,
      },
    ],
    source: "apache/kafka BrokerLifecycleManager.scala",
  },
];
