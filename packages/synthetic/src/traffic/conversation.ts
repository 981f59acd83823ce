import { IP_PROTOCOL } from "@flowlens/flow";
import type { EndpointId, Exchange, Outcome } from "../plan/network-plan.ts";
import type { Random } from "../random/random.ts";

/** What goes one way in a conversation. */
export interface OneWay {
  readonly packets: number;
  /** IP bytes of all of them. */
  readonly bytes: number;
  /** Packets that carry payload, and their payload together. */
  readonly dataPackets: number;
  readonly payloadBytes: number;
}

export interface Conversation {
  /** Tells it from all others of the plan; seeds what is drawn for it later. */
  readonly key: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly client: EndpointId;
  readonly server: EndpointId;
  readonly clientPort: number;
  readonly serverPort: number;
  readonly protocol: number;
  readonly outcome: Outcome;
  readonly isLasting: boolean;
  /** Times that something is said; 1 where the packets follow each other evenly. */
  readonly rounds: number;
  /** Until the server's first packet comes back. */
  readonly roundTripMs: number;
  readonly up: OneWay;
  readonly down: OneWay;
  /** ICMP type × 256 + code there and back. */
  readonly icmpUp: number;
  readonly icmpDown: number;
}

/** What a conversation is begun with. */
export interface Beginning {
  readonly key: number;
  readonly startMs: number;
  readonly client: EndpointId;
  readonly server: EndpointId;
  readonly clientPort: number;
  readonly exchange: Exchange;
  readonly outcome: Outcome;
  readonly roundTripMs: number;
  readonly isIpv6: boolean;
}

const TCP_PAYLOAD_BYTES = 1_448;
const UDP_PAYLOAD_BYTES = 1_400;
/** A TCP header with time stamps, which the systems of today send; a SYN has 8 bytes of options more. */
const TCP_HEADER_BYTES = 32;
const SYN_OPTIONS_BYTES = 8;
const UDP_HEADER_BYTES = 8;
const PING_BYTES = 64;
const RETRY_MS = 1_000;

const NOTHING: OneWay = { packets: 0, bytes: 0, dataPackets: 0, payloadBytes: 0 };
const ECHO = { up: 0x0800, down: 0x0000 };
const ECHO_V6 = { up: 0x8000, down: 0x8100 };

/** Draws sizes and times of one conversation; packets and bytes of both directions fit each other. */
export function drawConversation(beginning: Beginning, random: Random): Conversation {
  const { exchange, outcome } = beginning;
  const rounds = Math.max(1, Math.round(draw(exchange.rounds ?? [1, 0], random)));
  const up = Math.max(1, Math.round(draw(exchange.up, random)));
  const down = Math.round(draw(exchange.down, random));
  const durationMs = Math.max(beginning.roundTripMs, draw(exchange.durationMs, random));
  const ipBytes = beginning.isIpv6 ? 40 : 20;
  const isIcmp = exchange.protocol === IP_PROTOCOL.icmp || exchange.protocol === IP_PROTOCOL.icmpv6;
  const echo = exchange.protocol === IP_PROTOCOL.icmpv6 ? ECHO_V6 : ECHO;
  const shared = {
    key: beginning.key,
    startMs: beginning.startMs,
    client: beginning.client,
    server: beginning.server,
    clientPort: beginning.clientPort,
    serverPort: exchange.port,
    protocol: exchange.protocol,
    outcome,
    isLasting: exchange.isLasting ?? false,
    roundTripMs: beginning.roundTripMs,
    icmpUp: isIcmp ? (exchange.icmpNotice ?? echo.up) : 0,
    icmpDown: isIcmp ? echo.down : 0,
  };
  if (outcome === "unanswered" || outcome === "refused") {
    const tries = outcome === "refused" ? 1 : 1 + (exchange.retries ?? 2);
    const isTcp = exchange.protocol === IP_PROTOCOL.tcp;
    const each = ipBytes + (isTcp ? TCP_HEADER_BYTES + SYN_OPTIONS_BYTES : UDP_HEADER_BYTES + up);
    // 1 s, then 2 s, then 4 s: RFC 6298's doubling.
    const lastedMs = outcome === "refused" ? beginning.roundTripMs : RETRY_MS * (2 ** (tries - 1) - 1);
    return {
      ...shared,
      endMs: beginning.startMs + lastedMs,
      rounds: 1,
      up: { packets: tries, bytes: tries * each, dataPackets: isTcp ? 0 : tries, payloadBytes: tries * up },
      // The reset; a UDP port that is closed is told of by ICMP, a conversation of its own.
      down:
        outcome === "refused" && isTcp
          ? { packets: 1, bytes: ipBytes + 20, dataPackets: 0, payloadBytes: 0 }
          : NOTHING,
    };
  }
  const endMs = beginning.startMs + durationMs;
  if (exchange.protocol === IP_PROTOCOL.tcp) {
    const dataUp = Math.max(rounds, Math.ceil(up / TCP_PAYLOAD_BYTES));
    const dataDown = Math.max(rounds, Math.ceil(down / TCP_PAYLOAD_BYTES));
    const handshake = shared.isLasting ? 0 : 1;
    return {
      ...shared,
      endMs,
      rounds,
      // SYN, ACK, …, FIN, ACK there; SYN-ACK, …, FIN, ACK back; one acknowledgement for two segments.
      up: tcpWay(dataUp, Math.ceil(dataDown / 2) + handshake * 3, { handshake, up, ipBytes }),
      down: tcpWay(dataDown, Math.ceil(dataUp / 2) + handshake * 2, { handshake, up: down, ipBytes }),
    };
  }
  return {
    ...shared,
    endMs,
    rounds,
    up: plainWay(up, rounds, { isIcmp, ipBytes }),
    down: down === 0 ? NOTHING : plainWay(down, rounds, { isIcmp, ipBytes }),
  };
}

function tcpWay(
  dataPackets: number,
  others: number,
  { handshake, up, ipBytes }: { handshake: number; up: number; ipBytes: number },
): OneWay {
  const packets = dataPackets + others + handshake;
  return {
    packets,
    bytes: packets * (ipBytes + TCP_HEADER_BYTES) + handshake * SYN_OPTIONS_BYTES + up,
    dataPackets,
    payloadBytes: up,
  };
}

function plainWay(
  payload: number,
  rounds: number,
  { isIcmp, ipBytes }: { isIcmp: boolean; ipBytes: number },
): OneWay {
  const packets = isIcmp ? rounds : Math.max(rounds, Math.ceil(payload / UDP_PAYLOAD_BYTES));
  const payloadBytes = isIcmp ? packets * (PING_BYTES - UDP_HEADER_BYTES) : Math.max(payload, packets);
  return {
    packets,
    bytes: packets * (ipBytes + UDP_HEADER_BYTES) + payloadBytes,
    dataPackets: packets,
    payloadBytes,
  };
}

function draw([median, sigma]: Exchange["up"], random: Random): number {
  return random.around(median, sigma);
}
