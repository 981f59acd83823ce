import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAddress, isIpv4, parseAddress } from "./address.ts";

const ipv4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((octets) => octets.join("."));

describe("addresses", () => {
  it("gives an IPv4 address back as it was written", () => {
    fc.assert(
      fc.property(ipv4, (text) => {
        const bytes = parseAddress(text);
        expect(bytes && formatAddress(bytes)).toBe(text);
        expect(bytes && isIpv4(bytes)).toBe(true);
      }),
    );
  });

  it("formats any 16 bytes to a text that parses to the same bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(parseAddress(formatAddress(bytes))).toEqual(bytes);
      }),
    );
  });

  it.each([
    ["2001:db8::1", "2001:db8::1"],
    ["2001:0DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["::", "::"],
    ["::1", "::1"],
    ["fe80::", "fe80::"],
    ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ])("writes %s as RFC 5952 says: %s", (text, expected) => {
    const bytes = parseAddress(text);
    expect(bytes && formatAddress(bytes)).toBe(expected);
  });

  it.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "01.2.3.4",
    "1..2.3",
    "1.2.3.4 ",
    ":",
    ":::",
    "1::2::3",
    "12345::",
    "g::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8:9",
    "fe80::1%eth0",
    "::1.2.3.4.5",
    "1.2.3.4::",
    "host",
  ])("refuses %j", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});
