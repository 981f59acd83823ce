import { createSocket } from "node:dgram";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeIpfix, encodeNetflow5, encodeNetflow9, encodeSflow5 } from "@flowlens/codec";
import { createFlowBatch, parseAddress, parseAddressInto, startFlow, type FlowBatch } from "@flowlens/flow";

export const SENT_PROTOCOLS = ["netflow5", "netflow9", "ipfix", "sflow5"] as const;
export type SentProtocol = (typeof SENT_PROTOCOLS)[number];

/** What an exporter of the test sends, and what a receiver that loses nothing makes of it. */
export interface SentTraffic {
  readonly protocol: SentProtocol;
  readonly exporter: string;
  readonly datagrams: readonly Uint8Array[];
  readonly records: number;
  readonly samplingRate: number;
  readonly server: string;
  readonly clients: readonly string[];
  /** As the server has them; bytes are scaled by the sampling rate. */
  readonly conversations: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface Sending {
  /** Traffic of one part has other client ports than that of another. */
  readonly part: number;
  /** The window in which the conversations lie, ms since 1970; sFlow's lie where they are received. */
  readonly windowMs: number;
  readonly nowMs: number;
}

const CLIENTS = 12;
const CONVERSATIONS_EACH = 10;
const SAMPLING: Readonly<Record<SentProtocol, number>> = {
  netflow5: 1,
  netflow9: 10,
  ipfix: 100,
  sflow5: 64,
};
const TCP = 6;
const ALL_BUT_RESET = 0x1b;

/** The same traffic for each protocol, between addresses of its own: a database server and its clients. */
export function sentTraffic(protocol: SentProtocol, sending: Sending): SentTraffic {
  const index = SENT_PROTOCOLS.indexOf(protocol);
  const net = `10.5.${index}`;
  const server = `${net}.5`;
  const clients = Array.from({ length: CLIENTS }, (_, i) => `${net}.${20 + i}`);
  const samplingRate = SAMPLING[protocol];
  const isSampledPackets = protocol === "sflow5";
  const batch = createFlowBatch(CLIENTS * CONVERSATIONS_EACH * 2);
  const sums = { bytesIn: 0, bytesOut: 0 };
  clients.forEach((client, c) => {
    for (let i = 0; i < CONVERSATIONS_EACH; i++) {
      const n = c * CONVERSATIONS_EACH + i;
      const port = 40_000 + sending.part * 1_000 + n;
      const startMs = sending.windowMs + n * 2_000;
      const request = isSampledPackets ? 100 + n : 1_000 + n * 7;
      const response = isSampledPackets ? 200 + n * 8 : 50_000 + n * 311;
      const options = { startMs, packets: isSampledPackets ? 1 : 5, samplingRate };
      addRow(batch, [client, port, server, 5432], { ...options, bytes: request });
      addRow(batch, [server, 5432, client, port], { ...options, bytes: response, startMs: startMs + 3 });
      sums.bytesIn += request * samplingRate;
      sums.bytesOut += response * samplingRate;
    }
  });
  return {
    protocol,
    exporter: `127.0.0.${11 + index}`,
    ...encode(protocol, batch, { ...sending, index }),
    samplingRate,
    server,
    clients,
    conversations: CLIENTS * CONVERSATIONS_EACH,
    ...sums,
  };
}

/** Sends from the exporter's own address, slowly enough that no buffer fills. */
export async function send({ exporter, datagrams }: SentTraffic, port: number): Promise<void> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, exporter, resolve));
  for (const datagram of datagrams) {
    await new Promise<void>((resolve, reject) =>
      socket.send(datagram, port, "127.0.0.1", (error) => (error ? reject(error) : resolve())),
    );
    await sleep(1);
  }
  await new Promise<void>((resolve) => socket.close(resolve));
}

type Endpoints = readonly [src: string, srcPort: number, dst: string, dstPort: number];

function addRow(
  batch: FlowBatch,
  [src, srcPort, dst, dstPort]: Endpoints,
  row: { startMs: number; packets: number; bytes: number; samplingRate: number },
): void {
  const at = startFlow(batch);
  parseAddressInto(src, batch.srcAddr, at * 16);
  parseAddressInto(dst, batch.dstAddr, at * 16);
  batch.srcPort[at] = srcPort;
  batch.dstPort[at] = dstPort;
  batch.ipProtocol[at] = TCP;
  batch.tcpFlags[at] = ALL_BUT_RESET;
  batch.timeStart[at] = row.startMs;
  batch.timeEnd[at] = row.startMs + 400;
  batch.packets[at] = row.packets;
  batch.bytes[at] = row.bytes;
  batch.samplingRate[at] = row.samplingRate;
  batch.inIf[at] = 1;
  batch.outIf[at] = 2;
  batch.length++;
}

function encode(
  protocol: SentProtocol,
  batch: FlowBatch,
  { part, nowMs, index }: Sending & { readonly index: number },
): { datagrams: Uint8Array[]; records: number } {
  const uptimeMs = 30 * 3_600_000 + part * 1_000;
  const before = part * batch.length;
  const samplingRate = SAMPLING[protocol];
  const rates = samplingRate === 1 ? {} : { samplingRate };
  switch (protocol) {
    case "netflow5":
      return encodeNetflow5(batch, { unixMs: nowMs, sysUptimeMs: uptimeMs, sequence: before, ...rates });
    case "netflow9":
      return encodeNetflow9(batch, {
        unixMs: nowMs,
        sysUptimeMs: uptimeMs,
        sourceId: 7,
        sequence: part * 10,
        withTemplates: true,
        ...rates,
      });
    case "ipfix":
      return encodeIpfix(batch, {
        unixMs: nowMs,
        observationDomain: 9,
        sequence: before,
        withTemplates: true,
        ...rates,
      });
    case "sflow5":
      return encodeSflow5(batch, {
        agent: parseAddress(`127.0.0.${11 + index}`)!,
        subAgent: 0,
        uptimeMs,
        sequence: part * 100,
        sampleSequence: before,
      });
  }
}
