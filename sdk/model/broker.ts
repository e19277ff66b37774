// Who a broker is: by the number of a person, and by the number of Kafka.

/** A broker's number as a person counts them, from 1: the N-th Kafka service of the compose file. */
export type Broker = number & { readonly brand?: "Broker" };

/** Kafka's own `node.id`. */
export type NodeId = number & { readonly brand?: "NodeId" };
