import {
  ADDRESS_BYTES,
  createFlowBatch,
  startFlow,
  type FlowBatch,
  type FlowBatchColumn,
} from "@flowlens/flow";
import type { MadeExporter } from "../network/made-network.ts";
import type { NetworkPlan } from "../plan/network-plan.ts";
import type { Conversation } from "./conversation.ts";
import type { Way } from "./segments.ts";

/** What one row says beside whose conversation it is of. Times are true; the row has the exporter's. */
export interface RowContent {
  readonly startMs: number;
  readonly endMs: number;
  readonly packets: number;
  readonly bytes: number;
  readonly tcpFlags: number;
}

const INGRESS = 0;
/** Interface and VLAN numbers of a zone: index and tag count from here. */
const FIRST_INTERFACE = 1;
const FIRST_VLAN = 100;

export interface RowOf {
  readonly plan: NetworkPlan;
  readonly exporter: MadeExporter;
  readonly exporterAddress: Uint8Array;
  readonly conversation: Conversation;
  readonly way: Way;
}

/** Adds a row to the batch, which has room for it. Times are whole milliseconds, as exporters have them. */
export function writeRow(batch: FlowBatch, of: RowOf, content: RowContent): void {
  const { plan, exporter, conversation, way } = of;
  const source = way === 0 ? conversation.client : conversation.server;
  const destination = way === 0 ? conversation.server : conversation.client;
  const row = startFlow(batch);
  const at = row * ADDRESS_BYTES;
  for (let i = 0; i < ADDRESS_BYTES; i++) {
    batch.exporter[at + i] = of.exporterAddress[i];
    batch.srcAddr[at + i] = plan.addresses[source * ADDRESS_BYTES + i];
    batch.dstAddr[at + i] = plan.addresses[destination * ADDRESS_BYTES + i];
  }
  batch.observationDomain[row] = exporter.observationDomain;
  batch.timeStart[row] = Math.floor(content.startMs + exporter.clockAheadMs);
  batch.timeEnd[row] = Math.floor(content.endMs + exporter.clockAheadMs);
  batch.srcPort[row] = way === 0 ? conversation.clientPort : conversation.serverPort;
  batch.dstPort[row] = way === 0 ? conversation.serverPort : conversation.clientPort;
  batch.ipProtocol[row] = conversation.protocol;
  batch.tcpFlags[row] = content.tcpFlags;
  batch.icmpTypeCode[row] = way === 0 ? conversation.icmpUp : conversation.icmpDown;
  batch.bytes[row] = content.bytes;
  batch.packets[row] = content.packets;
  batch.samplingRate[row] = exporter.samplingRate;
  batch.inIf[row] = FIRST_INTERFACE + plan.zones[source];
  batch.outIf[row] = FIRST_INTERFACE + plan.zones[destination];
  if (exporter.protocol !== "netflow5") {
    batch.vlanSrc[row] = FIRST_VLAN + plan.zones[source];
    batch.vlanDst[row] = FIRST_VLAN + plan.zones[destination];
  }
  if (exporter.protocol !== "sflow5" && exporter.protocol !== "netflow5") batch.direction[row] = INGRESS;
  batch.length++;
}

/** A batch of twice the capacity with the same rows. */
export function grownBatch(batch: FlowBatch): FlowBatch {
  const grown = createFlowBatch(batch.capacity * 2);
  for (const name of Object.keys(batch) as (keyof FlowBatch)[]) {
    if (name === "capacity" || name === "length") continue;
    grown[name satisfies FlowBatchColumn].set(batch[name]);
  }
  grown.length = batch.length;
  return grown;
}
