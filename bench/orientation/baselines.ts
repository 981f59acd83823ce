import { ADDRESS_BYTES, formatAddress, IP_PROTOCOL, TCP_FLAG, type FlowBatch } from "@flowlens/flow";
import { conversationKey } from "./truth.ts";

/** The server (`address:port`) of each TCP conversation, by key, as a rule of thumb has it. */
export type Guesses = ReadonlyMap<string, string>;

interface Direction {
  readonly port: number;
  firstMs: number;
  synWithoutAck: boolean;
}

/** What people do first: the lower port serves. And the twenty lines they end up with: SYN, time, port ranges, lower port. */
export function baselineGuesses(records: FlowBatch): {
  readonly lowerPort: Guesses;
  readonly twentyLines: Guesses;
} {
  const conversations = new Map<string, Map<string, Direction>>();
  for (let row = 0; row < records.length; row++) {
    if (records.ipProtocol[row] !== IP_PROTOCOL.tcp) continue;
    const from = `${formatAddress(records.srcAddr, row * ADDRESS_BYTES)}:${records.srcPort[row]}`;
    const to = `${formatAddress(records.dstAddr, row * ADDRESS_BYTES)}:${records.dstPort[row]}`;
    const key = conversationKey(from, to);
    let ends = conversations.get(key);
    if (ends === undefined) {
      const silent = (port: number): Direction => ({
        port,
        firstMs: Number.POSITIVE_INFINITY,
        synWithoutAck: false,
      });
      ends = new Map([
        [from, silent(records.srcPort[row])],
        [to, silent(records.dstPort[row])],
      ]);
      conversations.set(key, ends);
    }
    const sender = ends.get(from)!;
    sender.firstMs = Math.min(sender.firstMs, records.timeStart[row]);
    sender.synWithoutAck ||= (records.tcpFlags[row] & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn;
  }
  const lowerPort = new Map<string, string>();
  const twentyLines = new Map<string, string>();
  for (const [key, ends] of conversations) {
    const [[a, atA], [b, atB]] = [...ends] as [[string, Direction], [string, Direction]];
    lowerPort.set(key, atA.port <= atB.port ? a : b);
    twentyLines.set(key, twentyLineRule(atA, atB) ? a : b);
  }
  return { lowerPort, twentyLines };
}

/** Whether `a` serves. */
function twentyLineRule(a: Direction, b: Direction): boolean {
  if (a.synWithoutAck !== b.synWithoutAck) return b.synWithoutAck;
  if (a.firstMs !== b.firstMs) return a.firstMs > b.firstMs;
  if (a.port < 1024 !== b.port < 1024) return a.port < 1024;
  if (a.port < 32_768 !== b.port < 32_768) return a.port < 32_768;
  return a.port <= b.port;
}
