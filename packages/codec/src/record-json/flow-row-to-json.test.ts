import { createFlowBatch, INITIATOR, parseAddressInto, startFlow } from "@flowlens/flow";
import { describe, expect, it } from "vitest";
import { flowRowToJson } from "./flow-row-to-json.ts";
import { isoTime } from "./iso-time.ts";

function batchOfOne(protocol: number) {
  const batch = createFlowBatch(3);
  batch.length = 2;
  const row = startFlow(batch);
  parseAddressInto("10.0.0.1", batch.srcAddr, row * 16);
  parseAddressInto("2001:db8::1", batch.dstAddr, row * 16);
  batch.timeStart[row] = 1_700_000_000_000;
  batch.timeEnd[row] = 1_700_000_000_250.7;
  batch.ipProtocol[row] = protocol;
  batch.packets[row] = 3;
  batch.bytes[row] = 2 ** 40;
  return { batch, row };
}

describe("a flow row as an object", () => {
  it("leaves out all that was not said", () => {
    const { batch, row } = batchOfOne(47);
    expect(flowRowToJson(batch, row, "metered")).toEqual({
      protocol: "metered",
      time_start: "2023-11-14T22:13:20.000Z",
      time_end: "2023-11-14T22:13:20.250Z",
      src_addr: "10.0.0.1",
      dst_addr: "2001:db8::1",
      src_port: 0,
      dst_port: 0,
      ip_protocol: 47,
      bytes: 2 ** 40,
      packets: 3,
    });
  });

  it("holds all that was said, under the names of the catalogue of columns", () => {
    const { batch, row } = batchOfOne(6);
    parseAddressInto("192.0.2.1", batch.exporter, row * 16);
    parseAddressInto("192.0.2.254", batch.nextHop, row * 16);
    batch.srcPort[row] = 50_000;
    batch.dstPort[row] = 443;
    batch.tcpFlags[row] = 0x12;
    batch.ipTos[row] = 8;
    batch.observationDomain[row] = 9;
    batch.samplingRate[row] = 100;
    batch.inIf[row] = 1;
    batch.outIf[row] = 2;
    batch.vlanSrc[row] = 10;
    batch.vlanDst[row] = 20;
    batch.srcAs[row] = 64_500;
    batch.dstAs[row] = 64_501;
    batch.direction[row] = 0;
    batch.initiator[row] = INITIATOR.destinationClaimed;
    expect(flowRowToJson(batch, row, "zeek")).toMatchObject({
      protocol: "zeek",
      exporter: "192.0.2.1",
      observation_domain: 9,
      src_port: 5e4,
      dst_port: 443,
      tcp_flags: 18,
      sampling_rate: 100,
      in_if: 1,
      out_if: 2,
      vlan_src: 10,
      vlan_dst: 20,
      src_as: 64500,
      dst_as: 64501,
      next_hop: "192.0.2.254",
      direction: 0,
      fields: {
        tos: 8,
        initiator: "destination_claimed",
      },
    });
  });

  it("shows the type and code of ICMP instead of ports", () => {
    const { batch, row } = batchOfOne(58);
    batch.icmpTypeCode[row] = 0x8001;
    const record = flowRowToJson(batch, row, "csv");
    expect(record.fields).toEqual({ icmp_type: 128, icmp_code: 1 });
    expect(record).not.toHaveProperty("src_port");
  });

  it("prints times that no Date holds as the nearest one that it does", () => {
    expect(isoTime(1e300)).toBe("+275760-09-13T00:00:00.000Z");
  });
});
