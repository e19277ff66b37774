// Why a row missed, by its id: written by hand, printed beside the miss. A miss that is not here is open.

export const MISSES: Readonly<Record<string, string>> = {
  "delay-all-below": "Two delays are what a record needs that is sent after the fault: its replication, then its answer. One that its followers had fetched already needs the answer's alone, so a client that sends all the time is without an acknowledgement for one delay only.",
  "stop-leader-acks-1": "With acks=1 nobody waits for followers, and a broker that is let go has told of the new leader before it closes its connections: the client may be there at once. The lower end of the window was too high.",
  "stop-leader-cold": "The client begins when the broker has ended, and by then everybody has heard of the new leader. The lower end of the window was too high.",
};
