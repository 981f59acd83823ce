import { packetsOf, type Conversation, type Outcome } from "./conversation.ts";
import type { MadePacket } from "./made-packet.ts";
import { createRandom, type Random } from "./random.ts";

/** A number, or a range of which each conversation draws one. */
export type Amount = number | readonly [low: number, high: number];

/** "These clients open `count` connections each to these servers' port between `from` and `to`." */
export interface ScriptLine {
  readonly clients: string | readonly string[];
  readonly servers: string | readonly string[];
  /** Service port; leave out for `protocol: "icmp"`. */
  readonly port?: number;
  /** Default tcp. */
  readonly protocol?: "tcp" | "udp" | "icmp";
  /** Conversations of each client with each server. */
  readonly count: number;
  /** "HH:MM" of the script's day, UTC. */
  readonly from: string;
  /** "HH:MM", up to "24:00"; the last conversation starts before. Default: `from` + 1 minute. */
  readonly to?: string;
  /** Default finished. */
  readonly outcome?: Outcome;
  /** Default 1. */
  readonly rounds?: Amount;
  /** Bytes of each request. Default 200. */
  readonly requestBytes?: Amount;
  /** Bytes of each response. Default 800. */
  readonly responseBytes?: Amount;
  /** Default 100. A pause of a UDP conversation must stay under a minute, else Zeek and exporters make two of it. */
  readonly durationMs?: Amount;
  /** Default 1. */
  readonly roundTripMs?: number;
}

export interface NetworkScript {
  /** Start of the day, ms since 1970. */
  readonly dayMs: number;
  readonly seed: number;
  readonly lines: readonly ScriptLine[];
}

const FIRST_EPHEMERAL_PORT = 49_152;
const EPHEMERAL_PORTS = 65_536 - FIRST_EPHEMERAL_PORT;

/** The script's conversations in order of their start. Same script, same conversations. */
export function conversationsOf(script: NetworkScript): Conversation[] {
  const random = createRandom(script.seed);
  const portsUsed = new Map<string, number>();
  const conversations: Conversation[] = [];
  for (const line of script.lines) {
    for (const client of asList(line.clients)) {
      for (const server of asList(line.servers)) {
        for (let i = 0; i < line.count; i++) {
          const used = portsUsed.get(client) ?? 0;
          portsUsed.set(client, used + 1);
          const clientPort = FIRST_EPHEMERAL_PORT + (used % EPHEMERAL_PORTS);
          conversations.push(conversationOf(script, line, { client, server, clientPort, random }));
        }
      }
    }
  }
  return conversations.sort((a, b) => a.startMs - b.startMs);
}

/** All packets of the script in time order. */
export function packetsOfScript(script: NetworkScript): MadePacket[] {
  return packetsOfAll(conversationsOf(script));
}

export function packetsOfAll(conversations: readonly Conversation[]): MadePacket[] {
  return conversations.flatMap(packetsOf).sort((a, b) => a.timeMs - b.timeMs);
}

function conversationOf(
  script: NetworkScript,
  line: ScriptLine,
  drawn: { client: string; server: string; clientPort: number; random: Random },
): Conversation {
  const { client, server, clientPort, random } = drawn;
  const protocol = line.protocol ?? "tcp";
  if (protocol !== "icmp" && line.port === undefined) throw new Error(`a ${protocol} line needs a port`);
  const fromMs = minutesOf(line.from) * 60_000;
  const toMs = line.to === undefined ? fromMs + 60_000 : minutesOf(line.to) * 60_000;
  if (toMs <= fromMs) throw new Error(`a line from ${line.from} to ${line.to} takes no time`);
  return {
    startMs: script.dayMs + fromMs + random.between(0, (toMs - fromMs) * 1000 - 1) / 1000,
    client,
    server,
    protocol,
    clientPort: protocol === "icmp" ? 0 : clientPort,
    serverPort: line.port ?? 0,
    outcome: line.outcome ?? "finished",
    rounds: draw(line.rounds ?? 1, random),
    requestBytes: draw(line.requestBytes ?? 200, random),
    responseBytes: draw(line.responseBytes ?? 800, random),
    durationMs: draw(line.durationMs ?? 100, random),
    roundTripMs: line.roundTripMs ?? 1,
  };
}

function draw(amount: Amount, random: Random): number {
  return typeof amount === "number" ? amount : random.between(amount[0], amount[1]);
}

function asList(names: string | readonly string[]): readonly string[] {
  return typeof names === "string" ? [names] : names;
}

function minutesOf(clock: string): number {
  const match = /^(\d\d):(\d\d)$/.exec(clock);
  const minutes = match === null ? Number.NaN : Number(match[1]) * 60 + Number(match[2]);
  if (!(minutes <= 24 * 60)) throw new Error(`"${clock}" is no time of day; write HH:MM`);
  return minutes;
}
