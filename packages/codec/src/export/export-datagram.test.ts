import { describe, expect, it } from "vitest";
import { datagramsOf, vectorsAbsent, vectorSets } from "../testing/third-party.ts";
import { recogniseExportDatagram } from "./export-datagram.ts";

const recognise = (hex: string) => {
  const bytes = new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
  return recogniseExportDatagram(bytes, 0, bytes.length);
};

describe("export datagrams among other payload", () => {
  it("are told by version, count and length together", () => {
    expect(recognise(`0005 0001 ${"00".repeat(20)} ${"00".repeat(48)}`)).toBe("netflow5");
    expect(recognise(`0009 0001 ${"00".repeat(16)} 0000 0008 0100 0000`)).toBe("netflow9");
    expect(recognise(`000a 0018 ${"00".repeat(12)} 0002 0008 0100 0000`)).toBe("ipfix");
    expect(recognise(`00000005 00000001 0a000001 ${"00".repeat(16)}`)).toBe("sflow5");
  });

  it("are not seen in what only begins like one", () => {
    expect(recognise(`0005 0003 ${"00".repeat(20)} ${"00".repeat(48)}`)).toBeUndefined();
    expect(recognise(`0005 0000 ${"00".repeat(20)}`)).toBeUndefined();
    expect(recognise(`0009 0001 ${"00".repeat(16)} 0064 0008 0000 0000`)).toBeUndefined();
    expect(recognise(`000a 270f ${"00".repeat(12)}`)).toBeUndefined();
    expect(recognise(`00000005 00000007 ${"00".repeat(20)}`)).toBeUndefined();
    expect(recognise("")).toBeUndefined();
    expect(recognise("00".repeat(100))).toBeUndefined();
    expect(recognise("000100002112a442aabbccddeeff001122334455")).toBeUndefined();
  });

  it("are told of every exporter in the vectors", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const kinds = { v9: "netflow9", sFlow5: "sflow5" } as const;
    let seen = 0;
    for (const [protocol, kind] of Object.entries(kinds)) {
      for (const set of vectorSets(protocol)) {
        for (const { bytes } of datagramsOf(set)) {
          expect({ set: set.id, told: recogniseExportDatagram(bytes, 0, bytes.length) }).toEqual({
            set: set.id,
            told: kind,
          });
          seen++;
        }
      }
    }
    expect(seen).toBeGreaterThan(100);
  });
});
