import { IP_PROTOCOL, TCP_FLAG } from "@flowlens/flow";
import type { MadePacket } from "./made-packet.ts";

/**
 * How a conversation goes.
 * TCP: `finished` FIN both ways; `reset_by_client`, `reset_by_server` a RST after the data; `refused` the SYN is
 * answered by a RST; `unanswered` nothing comes back; `left_open` the data end and nobody closes.
 * UDP and ICMP echo: `finished` or `unanswered`.
 */
export type Outcome =
  | "finished"
  | "reset_by_client"
  | "reset_by_server"
  | "refused"
  | "unanswered"
  | "left_open";

export interface Conversation {
  readonly startMs: number;
  readonly client: string;
  readonly server: string;
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly clientPort: number;
  readonly serverPort: number;
  readonly outcome: Outcome;
  /** Requests, each followed by its response; spread evenly over `durationMs`. */
  readonly rounds: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly durationMs: number;
  readonly roundTripMs: number;
}

const SEGMENT_BYTES = 1448;
const { fin, syn, rst, psh, ack } = TCP_FLAG;

/** The packets of one conversation in time order, as a tap beside the client sees them. */
export function packetsOf(conversation: Conversation): MadePacket[] {
  const line = new Line(conversation);
  if (conversation.protocol === "tcp") sayTcp(conversation, line);
  else sayDatagrams(conversation, line);
  return line.packets;
}

function sayTcp(conversation: Conversation, line: Line): void {
  const { outcome, roundTripMs } = conversation;
  line.client(syn, 0);
  if (outcome === "unanswered") {
    line.waitMs(1000);
    line.client(syn, 0);
    return;
  }
  line.waitMs(roundTripMs);
  if (outcome === "refused") return line.server(rst | ack, 0);
  line.server(syn | ack, 0);
  line.client(ack, 0);
  sayRounds(conversation, line);
  switch (outcome) {
    case "reset_by_client":
      return line.client(rst | ack, 0);
    case "reset_by_server":
      return line.server(rst | ack, 0);
    case "left_open":
      return;
    case "finished":
      line.client(fin | ack, 0);
      line.waitMs(roundTripMs);
      line.server(fin | ack, 0);
      line.client(ack, 0);
  }
}

function sayRounds(conversation: Conversation, line: Line): void {
  const { rounds, requestBytes, responseBytes, roundTripMs, durationMs } = conversation;
  const pauseMs = Math.max(0, durationMs / Math.max(1, rounds) - roundTripMs);
  for (let round = 0; round < rounds; round++) {
    for (const bytes of segments(requestBytes)) line.client(psh | ack, bytes);
    line.waitMs(roundTripMs);
    for (const bytes of segments(responseBytes)) line.server(psh | ack, bytes);
    line.client(ack, 0);
    line.waitMs(pauseMs);
  }
}

function sayDatagrams(conversation: Conversation, line: Line): void {
  const { rounds, requestBytes, responseBytes, roundTripMs, durationMs, outcome } = conversation;
  const pauseMs = Math.max(0, durationMs / Math.max(1, rounds) - roundTripMs);
  for (let round = 0; round < rounds; round++) {
    for (const bytes of segments(requestBytes)) line.client(0, bytes);
    line.waitMs(roundTripMs);
    if (outcome !== "unanswered") for (const bytes of segments(responseBytes)) line.server(0, bytes);
    line.waitMs(pauseMs);
  }
}

function segments(bytes: number): number[] {
  const sizes = [];
  for (let left = bytes; left > 0; left -= SEGMENT_BYTES) sizes.push(Math.min(left, SEGMENT_BYTES));
  return sizes;
}

/** Time between two packets without a pause between them. */
const BACK_TO_BACK_MS = 0.05;

/** The two ends of one conversation and its clock. */
class Line {
  readonly packets: MadePacket[] = [];
  readonly #conversation: Conversation;
  readonly #protocol: number;
  #timeMs: number;
  #clientSequence = 1000;
  #serverSequence = 5000;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    this.#timeMs = conversation.startMs;
    const icmp = conversation.client.includes(":") ? IP_PROTOCOL.icmpv6 : IP_PROTOCOL.icmp;
    this.#protocol = conversation.protocol === "icmp" ? icmp : IP_PROTOCOL[conversation.protocol];
  }

  waitMs(ms: number): void {
    this.#timeMs += ms;
  }

  client(tcpFlags: number, payloadBytes: number): void {
    const { client, server, clientPort, serverPort } = this.#conversation;
    this.#send(
      { source: client, destination: server, sourcePort: clientPort, destinationPort: serverPort },
      {
        tcpFlags,
        payloadBytes,
        sequence: this.#clientSequence,
        acknowledgement: (tcpFlags & ack) === 0 ? 0 : this.#serverSequence,
        icmpType: this.#protocol === IP_PROTOCOL.icmpv6 ? 128 : 8,
      },
    );
    this.#clientSequence += payloadBytes + (tcpFlags & (syn | fin) ? 1 : 0);
  }

  server(tcpFlags: number, payloadBytes: number): void {
    const { client, server, clientPort, serverPort } = this.#conversation;
    this.#send(
      { source: server, destination: client, sourcePort: serverPort, destinationPort: clientPort },
      {
        tcpFlags,
        payloadBytes,
        sequence: this.#serverSequence,
        acknowledgement: this.#clientSequence,
        icmpType: this.#protocol === IP_PROTOCOL.icmpv6 ? 129 : 0,
      },
    );
    this.#serverSequence += payloadBytes + (tcpFlags & (syn | fin) ? 1 : 0);
  }

  #send(
    ends: Pick<MadePacket, "source" | "destination" | "sourcePort" | "destinationPort">,
    what: Pick<MadePacket, "tcpFlags" | "payloadBytes" | "sequence" | "acknowledgement" | "icmpType">,
  ): void {
    const timeMs = Math.round(this.#timeMs * 1000) / 1000;
    this.packets.push({ timeMs, protocol: this.#protocol, ...ends, ...what });
    this.#timeMs += BACK_TO_BACK_MS;
  }
}
