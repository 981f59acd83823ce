import { IP_PROTOCOL, TCP_FLAG } from "@flowlens/flow";
import { packetsOf, type Conversation } from "./conversation.ts";
import { ipLengthOf, type MadePacket } from "./made-packet.ts";

/** One line of Zeek's conn.log: what Zeek would write of a conversation; undefined = unset. */
export interface ZeekConn {
  readonly ts: number;
  readonly uid: string;
  readonly "id.orig_h": string;
  readonly "id.orig_p": number;
  readonly "id.resp_h": string;
  readonly "id.resp_p": number;
  readonly proto: string;
  readonly service: string | undefined;
  readonly duration: number | undefined;
  readonly orig_bytes: number | undefined;
  readonly resp_bytes: number | undefined;
  readonly conn_state: string;
  readonly local_orig: boolean | undefined;
  readonly local_resp: boolean | undefined;
  readonly missed_bytes: number;
  readonly history: string | undefined;
  readonly orig_pkts: number;
  readonly orig_ip_bytes: number;
  readonly resp_pkts: number;
  readonly resp_ip_bytes: number;
}

/** Column, and its Zeek type; in the order of conn.log. */
const FIELDS: readonly (readonly [name: keyof ZeekConn, type: string])[] = [
  ["ts", "time"],
  ["uid", "string"],
  ["id.orig_h", "addr"],
  ["id.orig_p", "port"],
  ["id.resp_h", "addr"],
  ["id.resp_p", "port"],
  ["proto", "enum"],
  ["service", "string"],
  ["duration", "interval"],
  ["orig_bytes", "count"],
  ["resp_bytes", "count"],
  ["conn_state", "string"],
  ["local_orig", "bool"],
  ["local_resp", "bool"],
  ["missed_bytes", "count"],
  ["history", "string"],
  ["orig_pkts", "count"],
  ["orig_ip_bytes", "count"],
  ["resp_pkts", "count"],
  ["resp_ip_bytes", "count"],
];

/** conn.log in Zeek's own format: tab-separated under `#` headers, in order of the conversations given. */
export function zeekConnTsv(conversations: readonly Conversation[]): string {
  const lines = [
    "#separator \\x09",
    "#set_separator\t,",
    "#empty_field\t(empty)",
    "#unset_field\t-",
    "#path\tconn",
    `#fields\t${FIELDS.map(([name]) => name).join("\t")}`,
    `#types\t${FIELDS.map(([, type]) => type).join("\t")}`,
    ...conversations.map((conversation, i) => {
      const conn = zeekConnOf(conversation, i);
      return FIELDS.map(([name, type]) => tsvValue(conn[name], type)).join("\t");
    }),
    "#close\t2026-01-01-00-00-00",
  ];
  return `${lines.join("\n")}\n`;
}

/** conn.log as Zeek's JSON writer makes it: an object a line, unset fields left out. */
export function zeekConnJson(conversations: readonly Conversation[]): string {
  return conversations.map((conversation, i) => `${JSON.stringify(zeekConnOf(conversation, i))}\n`).join("");
}

/** `index` only makes the uid. */
export function zeekConnOf(conversation: Conversation, index: number): ZeekConn {
  const packets = packetsOf(conversation);
  const fromClient = packets.filter((packet) => packet.source === conversation.client);
  const fromServer = packets.filter((packet) => packet.source !== conversation.client);
  const isIcmp = conversation.protocol === "icmp";
  const [origPort, respPort] = isIcmp
    ? icmpPorts(packets[0])
    : [conversation.clientPort, conversation.serverPort];
  const duration = (packets[packets.length - 1].timeMs - packets[0].timeMs) / 1000;
  // A single packet has no duration, and then Zeek leaves the payload sizes unset too.
  const isSingle = packets.length === 1;
  return {
    ts: seconds(packets[0].timeMs),
    uid: `C${index.toString(36).padStart(16, "0")}`,
    "id.orig_h": conversation.client,
    "id.orig_p": origPort,
    "id.resp_h": conversation.server,
    "id.resp_p": respPort,
    proto: conversation.protocol,
    service: undefined,
    duration: isSingle ? undefined : Number(duration.toFixed(6)),
    orig_bytes: isSingle ? undefined : sum(fromClient, (packet) => packet.payloadBytes),
    resp_bytes: isSingle ? undefined : sum(fromServer, (packet) => packet.payloadBytes),
    conn_state: connState(conversation, fromClient, fromServer),
    local_orig: undefined,
    local_resp: undefined,
    missed_bytes: 0,
    history: isIcmp ? undefined : history(conversation, packets),
    orig_pkts: fromClient.length,
    orig_ip_bytes: sum(fromClient, ipLengthOf),
    resp_pkts: fromServer.length,
    resp_ip_bytes: sum(fromServer, ipLengthOf),
  };
}

/** conn_state as base/protocols/conn/main.zeek describes it, for the conversations that can be made here. */
function connState(
  conversation: Conversation,
  fromClient: readonly MadePacket[],
  fromServer: readonly MadePacket[],
): string {
  if (conversation.protocol === "icmp") return "OTH";
  if (conversation.protocol === "udp") return fromServer.length === 0 ? "S0" : "SF";
  const client = fromClient.reduce((flags, packet) => flags | packet.tcpFlags, 0);
  const server = fromServer.reduce((flags, packet) => flags | packet.tcpFlags, 0);
  const answered = (server & TCP_FLAG.syn) !== 0;
  if (!answered) return (server & TCP_FLAG.rst) !== 0 ? "REJ" : "S0";
  if ((client & TCP_FLAG.rst) !== 0) return "RSTO";
  if ((server & TCP_FLAG.rst) !== 0) return "RSTR";
  return (client & server & TCP_FLAG.fin) !== 0 ? "SF" : "S1";
}

/** Letters of what happened in order, each once a direction: upper case from the originator. */
function history(conversation: Conversation, packets: readonly MadePacket[]): string {
  let letters = "";
  for (const packet of packets) {
    for (const letter of lettersOf(packet)) {
      const one = packet.source === conversation.client ? letter.toUpperCase() : letter;
      if (!letters.includes(one)) letters += one;
    }
  }
  return letters;
}

function lettersOf(packet: MadePacket): string {
  if (packet.protocol !== IP_PROTOCOL.tcp) return "d";
  const flags = packet.tcpFlags;
  if ((flags & TCP_FLAG.syn) !== 0) return (flags & TCP_FLAG.ack) !== 0 ? "h" : "s";
  if ((flags & TCP_FLAG.rst) !== 0) return "r";
  const data = packet.payloadBytes > 0 ? "d" : "";
  if ((flags & TCP_FLAG.fin) !== 0) return `${data}f`;
  return data === "" ? "a" : data;
}

/** Zeek puts the ICMP type of the question and of its answer where ports stand. */
function icmpPorts(first: MadePacket): [number, number] {
  return first.icmpType === 128 ? [128, 129] : [8, 0];
}

function tsvValue(value: ZeekConn[keyof ZeekConn], type: string): string {
  if (value === undefined) return "-";
  if (type === "time" || type === "interval") return (value as number).toFixed(6);
  if (typeof value === "boolean") return value ? "T" : "F";
  return String(value);
}

function seconds(timeMs: number): number {
  return Number((timeMs / 1000).toFixed(6));
}

function sum(packets: readonly MadePacket[], of: (packet: MadePacket) => number): number {
  return packets.reduce((total, packet) => total + of(packet), 0);
}
