import { formatAddress, IP_PROTOCOL, TCP_FLAG } from "@flowlens/flow";
import type { Capture, CapturedPacket } from "./read-capture.ts";

/** What the packets say of a TCP conversation over IPv4 whose opening they show. */
export interface Truth {
  /** `address:port` of the server. */
  readonly server: string;
  readonly bothPortsHigh: boolean;
  /** The server's side sent something else than resets. */
  readonly answered: boolean;
}

/** The same for both directions; `a` and `b` are `address:port`. */
export function conversationKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/**
 * The server of each conversation, by key: whoever did not send the first SYN, else whoever sent the SYN-ACK.
 * Conversations that show neither are left out.
 */
export function truthOf(capture: Capture): Map<string, Truth> {
  interface Seen {
    synFrom: string;
    synAckFrom: string;
    readonly talkers: Set<string>;
    readonly ends: readonly [string, string];
    readonly high: boolean;
  }
  const seen = new Map<string, Seen>();
  for (const packet of capture.packets) {
    const { headers } = packet;
    if (headers.ipVersion !== 4 || headers.ipProtocol !== IP_PROTOCOL.tcp || headers.fragmentOffset > 0)
      continue;
    const from = `${ipv4At(packet, headers.srcAddrAt)}:${headers.srcPort}`;
    const to = `${ipv4At(packet, headers.dstAddrAt)}:${headers.dstPort}`;
    const key = conversationKey(from, to);
    let one = seen.get(key);
    if (one === undefined) {
      one = {
        synFrom: "",
        synAckFrom: "",
        talkers: new Set(),
        ends: [from, to],
        high: headers.srcPort >= 1024 && headers.dstPort >= 1024,
      };
      seen.set(key, one);
    }
    const handshake = headers.tcpFlags & (TCP_FLAG.syn | TCP_FLAG.ack);
    if (handshake === TCP_FLAG.syn) one.synFrom ||= from;
    if (handshake === (TCP_FLAG.syn | TCP_FLAG.ack)) one.synAckFrom ||= from;
    if ((headers.tcpFlags & TCP_FLAG.rst) === 0) one.talkers.add(from);
  }
  const truths = new Map<string, Truth>();
  for (const [key, one] of seen) {
    const other = one.synFrom === one.ends[0] ? one.ends[1] : one.ends[0];
    const server = one.synFrom === "" ? one.synAckFrom : other;
    if (server !== "")
      truths.set(key, { server, bothPortsHigh: one.high, answered: one.talkers.has(server) });
  }
  return truths;
}

function ipv4At(packet: CapturedPacket, at: number): string {
  const mapped = new Uint8Array(16).fill(0xff, 10, 12);
  mapped.set(packet.bytes.subarray(at, at + 4), 12);
  return formatAddress(mapped);
}
