// What a change of settings means to one partition.
//
//   resource                  decides for the topic
//   topic orders              orders
//   all brokers, broker 1     topics that do not set it themselves, on each broker of it alone
//
// min.insync.replicas and unclean.leader.election.enable are reckoned with. Of every other setting no effect
// is derived, which the prediction says.

import { brokerFlag, brokerNumber } from "../../kafka/mod.ts";
import type { Circumstances, KnownTopic } from "./circumstances.ts";
import { propertiesOf } from "./from-cluster.ts";

const MIN_ISR = "min.insync.replicas";
const UNCLEAN = "unclean.leader.election.enable";

type Changed = Pick<Circumstances, "fault" | "topic" | "nodes">;

/** The topic as the fault makes it; the same where it changes no setting. */
export function topicAfter(circumstances: Changed): KnownTopic {
  const { topic, nodes, fault } = circumstances;
  const inherited = propertiesOf(nodes, topic.state.leader);
  const [minIsr, unclean] = [MIN_ISR, UNCLEAN].map((name) =>
    isConcerned(circumstances, name) ? fault.settings?.[name] : undefined,
  );
  return {
    ...topic,
    ...(minIsr !== undefined && {
      minIsr: minIsr === null ? brokerNumber(inherited, MIN_ISR) : Number(minIsr),
    }),
    ...(unclean !== undefined && {
      uncleanElection: unclean === null ? brokerFlag(inherited, UNCLEAN) : unclean === "true",
    }),
  };
}

/** The settings of whose change nothing is derived for this topic. */
export function notDerived(circumstances: Changed): readonly string[] {
  const { settings = {} } = circumstances.fault;
  return Object.keys(settings).filter((name) => {
    if (name === MIN_ISR) return false;
    // the controller reads the topic's, or the default of all brokers
    if (name === UNCLEAN) return isOfOneBroker(circumstances) && isConcerned(circumstances, name);
    return isConcerned(circumstances, name);
  });
}

function isOfOneBroker({ fault: { resources = [] } }: Changed): boolean {
  return resources[0]?.startsWith("broker ") === true;
}

/** Whether a setting of the fault's resource is in force for the topic, on its leader. */
function isConcerned({ fault: { resources = [] }, topic }: Changed, name: string): boolean {
  const [resource] = resources;
  if (resource === `topic ${topic.topic}`) return true;
  const isInherited = topic.own?.includes(name) !== true;
  const { leader } = topic.state;
  return isInherited && (resource === "all brokers" || (leader !== null && resource === `broker ${leader}`));
}
