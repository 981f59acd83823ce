import { createFlowBatch, formatAddress, type FlowBatch, type FlowSink } from "@flowlens/flow";

/** A flow row as an object, to compare with. */
export interface CollectedFlow {
  readonly exporter: string;
  readonly observationDomain: number;
  readonly timeStart: number;
  readonly timeEnd: number;
  readonly src: string;
  readonly dst: string;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly ipProtocol: number;
  readonly tcpFlags: number;
  readonly icmpTypeCode: number;
  readonly ipTos: number;
  readonly bytes: number;
  readonly packets: number;
  readonly samplingRate: number;
  readonly inIf: number;
  readonly outIf: number;
  readonly srcAs: number;
  readonly dstAs: number;
  readonly nextHop: string;
  readonly direction: number;
  readonly initiator: number;
}

/** A sink that keeps what it is given. A small batch makes it emit often; `flows` also reads what was not emitted yet. */
export function collectFlows(capacity = 7): {
  readonly sink: FlowSink;
  readonly flows: () => CollectedFlow[];
} {
  const batch = createFlowBatch(capacity);
  // What a decoder does not write must not look like zeros that it wrote.
  for (const column of Object.values(batch)) if (typeof column === "object") column.fill(0xab);
  const emitted: CollectedFlow[] = [];
  const rowsOf = () => Array.from({ length: batch.length }, (_, row) => flowAt(batch, row));
  return {
    sink: {
      batch,
      emit: () => {
        emitted.push(...rowsOf());
      },
    },
    flows: () => [...emitted, ...rowsOf()],
  };
}

export function flowAt(batch: FlowBatch, row: number): CollectedFlow {
  const at = row * 16;
  return {
    exporter: formatAddress(batch.exporter, at),
    observationDomain: batch.observationDomain[row],
    timeStart: batch.timeStart[row],
    timeEnd: batch.timeEnd[row],
    src: formatAddress(batch.srcAddr, at),
    dst: formatAddress(batch.dstAddr, at),
    srcPort: batch.srcPort[row],
    dstPort: batch.dstPort[row],
    ipProtocol: batch.ipProtocol[row],
    tcpFlags: batch.tcpFlags[row],
    icmpTypeCode: batch.icmpTypeCode[row],
    ipTos: batch.ipTos[row],
    bytes: batch.bytes[row],
    packets: batch.packets[row],
    samplingRate: batch.samplingRate[row],
    inIf: batch.inIf[row],
    outIf: batch.outIf[row],
    srcAs: batch.srcAs[row],
    dstAs: batch.dstAs[row],
    nextHop: formatAddress(batch.nextHop, at),
    direction: batch.direction[row],
    initiator: batch.initiator[row],
  };
}
