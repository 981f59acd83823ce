import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DATAGRAM_BUFFER_BYTES,
  openDatagramBuffer,
  packDatagram,
  packedBytes,
  readDatagrams,
} from "./datagram-buffer.ts";

describe("a buffer of datagrams", () => {
  it("gives back what was packed into it, in order", () => {
    const datagram = fc.record({
      payload: fc.uint8Array({ maxLength: 2_000 }),
      sender: fc.nat(2 ** 32 - 1),
      receivedAtMs: fc.nat(2 ** 42),
      address: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      port: fc.nat(65_535),
      endpoint: fc.nat(200),
    });
    fc.assert(
      fc.property(fc.array(datagram, { maxLength: 50 }), (datagrams) => {
        const buffer = openDatagramBuffer(new ArrayBuffer(DATAGRAM_BUFFER_BYTES));
        for (const { payload, ...about } of datagrams) packDatagram(buffer, payload, about);
        expect(buffer.packets).toBe(datagrams.length);
        const cursor = readDatagrams(buffer.bytes.buffer, buffer.usedBytes);
        for (const { payload, address, ...about } of datagrams) {
          expect(cursor.next()).toBe(true);
          expect(cursor).toMatchObject(about);
          expect(cursor.bytes.slice(cursor.start, cursor.end)).toEqual(payload);
          expect(cursor.bytes.slice(cursor.addressAt, cursor.addressAt + 16)).toEqual(address);
        }
        expect(cursor.next()).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it("has room for the largest datagram that UDP can carry", () => {
    expect(packedBytes(65_535)).toBeLessThan(DATAGRAM_BUFFER_BYTES);
  });
});
