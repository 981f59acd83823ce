import type { Random } from "../random/random.ts";
import type { MadeExporter, MadeHost } from "../network/made-network.ts";

/** Index of an endpoint in a plan: hosts first, in their order, then outside peers and multicast groups. */
export type EndpointId = number;

/** A median and how far it spreads (log-normal); see Random.around. */
export type Amount = readonly [median: number, sigma: number];

/** How conversations of a service look on the wire. */
export interface Exchange {
  /** IP protocol number. */
  readonly protocol: number;
  /** Service port; 0 for protocols without. */
  readonly port: number;
  /** Payload bytes of the client and of the server, whole conversation. Down 0: the server never answers. */
  readonly up: Amount;
  readonly down: Amount;
  /** From the first to the last packet. */
  readonly durationMs: Amount;
  /** Times that something is asked and answered, evenly spread over the duration; [1, 0] by default. */
  readonly rounds?: Amount;
  /** Repetitions of a first packet that nobody answers; 2 by default. */
  readonly retries?: number;
  /** Where the client's port is no ephemeral one (NTP, DHCP, HSRP). */
  readonly clientPort?: number;
  /** A session that began long before and goes on: neither SYN nor FIN is seen. */
  readonly isLasting?: boolean;
  /** ICMP that is no echo, as type × 256 + code: a notice that nobody answers. */
  readonly icmpNotice?: number;
}

/** What became of a conversation. `reset`: answered, and broken off with a TCP reset. */
export type Outcome = "answered" | "reset" | "refused" | "unanswered";

/** Shares of conversations that go wrong; the rest is answered. */
export interface Mishaps {
  readonly unanswered?: number;
  readonly refused?: number;
  readonly reset?: number;
}

/** Load as a share of the usual, at a minute of the plan's days: minute 0 is the first midnight. */
export type Rhythm = (minute: number) => number;

/** A reason for which conversations begin again and again. */
export interface Activity {
  readonly client: EndpointId | ((random: Random) => EndpointId);
  readonly server: EndpointId | ((random: Random) => EndpointId);
  readonly exchange: Exchange | ((random: Random) => Exchange);
  /** Either so many an hour at random times, scaled by the rhythm … */
  readonly perHour?: number;
  readonly rhythm?: Rhythm;
  /** … or on a schedule: every so many minutes, at `minute` within, and only while the rhythm is not 0. */
  readonly everyMinutes?: number;
  readonly atMinute?: number;
  /** On a schedule: how many conversations, spread over so many seconds from the beginning of the minute. */
  readonly burst?: number;
  readonly overSeconds?: number;
  readonly mishaps?: Mishaps;
  /** Decides instead of the mishaps, where it hangs on what was picked. */
  readonly outcome?: (server: EndpointId, exchange: Exchange, random: Random) => Outcome;
}

/** Begins a conversation that follows from another. */
export type Begin = (conversation: {
  readonly atMs: number;
  readonly client: EndpointId;
  readonly server: EndpointId;
  readonly exchange: Exchange;
  readonly outcome?: Outcome;
}) => void;

export interface Accepted {
  readonly startMs: number;
  readonly client: EndpointId;
  readonly server: EndpointId;
  readonly exchange: Exchange;
  readonly upBytes: number;
  readonly downBytes: number;
  readonly durationMs: number;
}

/** What a host does when it has accepted a conversation: a balancer passes it on, an application asks its database. */
export type Reaction = (accepted: Accepted, random: Random, begin: Begin) => void;

export interface NetworkPlan {
  readonly seed: number;
  readonly hosts: readonly MadeHost[];
  /** 16 bytes an endpoint. */
  readonly addresses: Uint8Array;
  /** By endpoint: the part of the network it lies in. */
  readonly zones: Uint8Array;
  /** The zone of what lies beyond the network's own edge. */
  readonly outsideZone: number;
  /** By endpoint: 1 where its ephemeral ports are those of Windows (49152–65535), else of Linux (32768–60999). */
  readonly windowsPorts: Uint8Array;
  readonly activities: readonly Activity[];
  readonly reactions: ReadonlyMap<EndpointId, Reaction>;
  readonly exporters: readonly MadeExporter[];
  /** Indexes of the exporters that what goes from one endpoint to the other passes, the nearest to the client first. */
  readonly pathOf: (client: EndpointId, server: EndpointId) => readonly number[];
  /** Instant of minute 0. */
  readonly dayStartMs: number;
}
