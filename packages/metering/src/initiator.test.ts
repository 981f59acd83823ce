import { INITIATOR, IP_PROTOCOL, TCP_FLAG } from "@flowlens/flow";
import type { MadePacket } from "@flowlens/made-traffic";
import { describe, expect, test } from "vitest";
import type { MeterOptions } from "./index.ts";
import { meterPackets } from "./testing/meter-frames.ts";
import { CLIENT, fromClient, fromServer } from "./testing/packets.ts";

const { syn, ack, fin, rst } = TCP_FLAG;
const { unknown, sourceSeen, destinationSeen } = INITIATOR;

/** The initiator of each record: the client's, then the server's, each in order of time. */
function initiators(
  packets: readonly MadePacket[],
  options: MeterOptions = {},
): [client: number[], server: number[]] {
  const records = [...meterPackets(packets, options).records].sort((a, b) => a.timeStart - b.timeStart);
  const of = (isClient: boolean) =>
    records.filter((record) => (record.source === CLIENT) === isClient).map((record) => record.initiator);
  return [of(true), of(false)];
}

describe("the initiator", () => {
  test("is the sender of the SYN", () => {
    const packets = [
      fromClient(0, { tcpFlags: syn }),
      fromServer(1, { tcpFlags: syn | ack }),
      fromClient(2, { tcpFlags: ack }),
    ];
    expect(initiators(packets)).toEqual([[sourceSeen], [destinationSeen]]);
  });

  test("is the receiver of the SYN-ACK where the SYN was not seen", () => {
    const packets = [fromServer(1, { tcpFlags: syn | ack }), fromClient(2, { tcpFlags: ack })];
    expect(initiators(packets)).toEqual([[sourceSeen], [destinationSeen]]);
  });

  test("is known from a SYN alone, answered by nothing or by a reset", () => {
    expect(initiators([fromClient(0, { tcpFlags: syn })])).toEqual([[sourceSeen], []]);
    const refused = [fromClient(0, { tcpFlags: syn }), fromServer(1, { tcpFlags: rst | ack })];
    expect(initiators(refused)).toEqual([[sourceSeen], [destinationSeen]]);
  });

  test("is unknown where the handshake was before the capture", () => {
    expect(initiators([fromClient(0), fromServer(1)])).toEqual([[unknown], [unknown]]);
  });

  test("is the earlier of two crossing SYNs", () => {
    const packets = [
      fromServer(0, { tcpFlags: syn }),
      fromClient(1, { tcpFlags: syn }),
      fromServer(2, { tcpFlags: syn | ack }),
      fromClient(2, { tcpFlags: syn | ack }),
    ];
    expect(initiators(packets)).toEqual([[destinationSeen], [sourceSeen]]);
  });

  test("is kept by the records that follow a cut by the active timeout", () => {
    const packets = [fromClient(0, { tcpFlags: syn }), fromServer(1, { tcpFlags: syn | ack })];
    for (let i = 1; i <= 150; i++) packets.push(fromClient(i * 1000), fromServer(i * 1000 + 1));
    expect(initiators(packets)).toEqual([
      [sourceSeen, sourceSeen, sourceSeen],
      [destinationSeen, destinationSeen, destinationSeen],
    ]);
  });

  test("is kept where one direction is idle and the other is not", () => {
    const packets = [fromClient(0, { tcpFlags: syn }), fromServer(1, { tcpFlags: syn | ack })];
    for (let i = 1; i <= 4; i++) packets.push(fromServer(i * 10_000));
    packets.push(fromClient(41_000));
    expect(initiators(packets)).toEqual([[sourceSeen, sourceSeen], [destinationSeen]]);
  });

  test("is kept by the ACKs of a half-closed connection", () => {
    const packets = [
      fromClient(0, { tcpFlags: syn }),
      fromServer(1, { tcpFlags: syn | ack }),
      fromClient(2, { tcpFlags: fin | ack }),
      fromServer(3000),
      fromClient(3001),
    ];
    expect(initiators(packets)).toEqual([[sourceSeen, sourceSeen], [destinationSeen]]);
  });

  test("is asked anew of the next connection on the same ports", () => {
    const packets = [
      fromClient(0, { tcpFlags: syn }),
      fromClient(1, { tcpFlags: rst }),
      fromServer(20_000, { tcpFlags: syn }),
      fromClient(20_001, { tcpFlags: syn | ack }),
    ];
    expect(initiators(packets)).toEqual([[sourceSeen, destinationSeen], [sourceSeen]]);
  });

  test("is forgotten after silence in both directions", () => {
    const packets = [
      fromClient(0, { tcpFlags: syn }),
      fromServer(1, { tcpFlags: syn | ack }),
      fromClient(20_000),
      fromServer(20_001),
    ];
    expect(initiators(packets)).toEqual([
      [sourceSeen, unknown],
      [destinationSeen, unknown],
    ]);
  });

  test("is unknown of anything but TCP", () => {
    const udp = { protocol: IP_PROTOCOL.udp, tcpFlags: syn };
    expect(initiators([fromClient(0, udp), fromServer(1, udp)])).toEqual([[unknown], [unknown]]);
  });

  test("is unknown everywhere when switched off", () => {
    const packets = [fromClient(0, { tcpFlags: syn }), fromServer(1, { tcpFlags: syn | ack })];
    for (let i = 1; i <= 70; i++) packets.push(fromClient(i * 1000));
    expect(initiators(packets, { initiators: false })).toEqual([[unknown, unknown], [unknown]]);
  });
});
