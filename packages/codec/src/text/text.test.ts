import { parseAddress } from "@flowlens/flow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddressBytes } from "./address.ts";
import { asciiBytes, asciiText } from "./ascii.ts";
import { parseCount, parseSecondsToMicros, parseUnsigned } from "./numbers.ts";
import { parseProtocol } from "./protocol.ts";
import { parseTimeToMicros } from "./time.ts";

/** Applies a reader of bytes to a text that stands between other bytes. */
function read<Value>(reader: (bytes: Uint8Array, start: number, end: number) => Value, text: string): Value {
  const bytes = asciiBytes(`9${text}9`);
  return reader(bytes, 1, bytes.length - 1);
}

function readAddress(text: string): string | undefined {
  const into = new Uint8Array(20);
  const isAddress = read((bytes, start, end) => parseAddressBytes(bytes, start, end, into, 3), text);
  return isAddress ? Buffer.from(into.subarray(3, 19)).toString("hex") : undefined;
}

function hexOf(address: Uint8Array | undefined): string | undefined {
  return address === undefined ? undefined : Buffer.from(address).toString("hex");
}

describe("addresses read from bytes", () => {
  it.each([
    "10.1.2.3",
    "255.255.255.255",
    "0.0.0.0",
    "2001:db8::1",
    "::",
    "::1",
    "1::",
    "fe80::8000:f227:bec8:61af",
    "1:2:3:4:5:6:7:8",
    "::ffff:192.0.2.1",
    "64:ff9b::192.0.2.33",
    "1:2:3:4:5:6:1.2.3.4",
    "2001:DB8::A",
    // None of these is an address.
    "",
    "10.1.2",
    "10.1.2.3.4",
    "10.1.2.256",
    "010.1.2.3",
    "10.1.2.",
    ".1.2.3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "1:2:3:4:5:6:7::8:9",
    ":1",
    "1:",
    ":",
    "12345::",
    "g::1",
    "::1.2.3",
    "1:2:3:4:5:6:7:1.2.3.4",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "fe80::1%eth0",
    "-",
  ])("are what the flow room says of %j", (text) => {
    expect(readAddress(text)).toBe(hexOf(parseAddress(text)));
  });

  it("are what the flow room says of any IPv6 address and of noise that looks like one", () => {
    const noise = fc.string({
      unit: fc.constantFrom(..."0123456789abcdef::::....".split("")),
      maxLength: 24,
    });
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), fc.ipV4(), noise), (text) => {
        expect(readAddress(text)).toBe(hexOf(parseAddress(text)));
      }),
      { numRuns: 500 },
    );
  });
});

describe("numbers read from bytes", () => {
  it("are whole, or -1", () => {
    expect(
      ["0", "7", "65535", "4294967296", "9007199254740991"].map((text) => read(parseUnsigned, text)),
    ).toEqual([0, 7, 65_535, 4_294_967_296, 9_007_199_254_740_991]);
    expect(
      ["", "-", "-1", "1.0", "0x1", " 1", "1e3", "9".repeat(400)].map((text) => read(parseUnsigned, text)),
    ).toEqual(Array.from({ length: 8 }, () => -1));
  });

  it("may carry a fraction that says nothing, as counts", () => {
    expect(["18", "18.0", "18.", "1.8e1", "18.9"].map((text) => read(parseCount, text))).toEqual([
      18, 18, 18, 18, 18,
    ]);
    expect(["", ".5", "-1.0", "1e400", "nan", "1.2.3"].map((text) => read(parseCount, text))).toEqual(
      Array.from({ length: 6 }, () => -1),
    );
  });

  it("are microseconds, exact, as seconds with a fraction", () => {
    const micros = (text: string) => read(parseSecondsToMicros, text);
    expect(micros("1713484795.943239")).toBe(1_713_484_795_943_239);
    expect(micros("0.000064")).toBe(64);
    expect(micros("5")).toBe(5_000_000);
    expect(micros("5.")).toBe(5_000_000);
    expect(micros(".25")).toBe(250_000);
    expect(micros("0.1234567899")).toBe(123_456);
    expect(micros("1.0013580322265625e-05")).toBe(10);
    for (const text of ["", "-", ".", "-1.5", "1.2.3", "XXXXXXXXXX.XXXXXX", "1,5"])
      expect(micros(text)).toBe(-1);
  });

  it("are microseconds without a rounding error at any time of this century", () => {
    fc.assert(
      fc.property(fc.nat({ max: 4_102_444_800 }), fc.nat({ max: 999_999 }), (seconds, fraction) => {
        const text = `${seconds}.${String(fraction).padStart(6, "0")}`;
        expect(read(parseSecondsToMicros, text)).toBe(seconds * 1_000_000 + fraction);
      }),
    );
  });
});

describe("points in time read from bytes", () => {
  it("are seconds, milli-, micro- or nanoseconds by their size, or ISO 8601 in UTC", () => {
    const expected = 1_653_993_399_498_000;
    for (const text of [
      "1653993399.498",
      "1653993399498",
      "1653993399498.0",
      "1653993399498000",
      "1653993399498000000",
      "2022-05-31T10:36:39.498Z",
      "2022-05-31T10:36:39.498000Z",
      "2022-05-31 10:36:39.498",
      "2022-05-31T12:36:39.498+02:00",
      "2022-05-31T12:36:39.498+0200",
      "2022-05-31 10:36:39,498 UTC",
    ]) {
      expect([text, read(parseTimeToMicros, text)]).toEqual([text, expected]);
    }
    expect(read(parseTimeToMicros, "1653993399")).toBe(1_653_993_399_000_000);
    expect(read(parseTimeToMicros, "0.0")).toBe(0);
  });

  it("are refused when they are none", () => {
    for (const text of [
      "",
      "-",
      "yesterday",
      "2022-05-31",
      "2022-13-31T10:36:39Z",
      "-5",
      "1e30",
      "9".repeat(30),
    ]) {
      expect([text, read(parseTimeToMicros, text)]).toEqual([text, -1]);
    }
  });
});

describe("protocols read from bytes", () => {
  it("are names in any case, or numbers", () => {
    const texts = ["tcp", "TCP", "udp", "icmp", "ipv6-icmp", "GRE", "6", "255", "132.0"];
    expect(texts.map((text) => read(parseProtocol, text))).toEqual([6, 6, 17, 1, 58, 47, 6, 255, 132]);
  });

  it("are refused when they are neither", () => {
    const texts = ["", "-", "tcpp", "256", "unknown_transport", "x".repeat(100)];
    expect(texts.map((text) => read(parseProtocol, text))).toEqual([-1, -1, -1, -1, -1, -1]);
  });
});

describe("text of bytes in messages", () => {
  it("has no control characters and a bounded length", () => {
    expect(asciiText(Uint8Array.from([65, 7, 27, 200, 9, 66]), 0, 6)).toBe("A???\tB");
    expect(asciiText(new Uint8Array(1000).fill(65), 0, 1000)).toHaveLength(200);
  });
});
