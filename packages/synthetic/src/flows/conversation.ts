/** What became of an attempt. */
export type Outcome = "answered" | "refused" | "unanswered";

/** Both directions of one conversation, before any exporter has seen it. */
export interface Conversation {
  /** ms since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Numbers of hosts in the address book. */
  readonly client: number;
  readonly server: number;
  readonly protocol: number;
  readonly clientPort: number;
  /** 0 for ICMP. */
  readonly serverPort: number;
  readonly outcome: Outcome;
  /** IP bytes and packets that the client and the server send. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly packetsUp: number;
  readonly packetsDown: number;
}
