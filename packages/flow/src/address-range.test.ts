import { describe, expect, it } from "vitest";
import { formatAddress, parseAddress } from "./address.ts";
import {
  DEFAULT_INTERNAL_RANGES,
  formatAddressRange,
  isUnicast,
  lastAddress,
  parseAddressRange,
  rangeContains,
} from "./address-range.ts";

const bytesOf = (text: string): Uint8Array => {
  const bytes = parseAddress(text);
  if (!bytes) throw new Error(`test address ${text}`);
  return bytes;
};

const rangeOf = (text: string) => {
  const range = parseAddressRange(text);
  if (!range) throw new Error(`test range ${text}`);
  return range;
};

describe("address ranges", () => {
  it.each([
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["192.168.4.0/22", "192.168.7.255", true],
    ["192.168.4.0/22", "192.168.8.0", false],
    ["10.1.2.3", "10.1.2.3", true],
    ["10.1.2.3", "10.1.2.2", false],
    ["fc00::/7", "fdff::1", true],
    ["fc00::/7", "fe00::1", false],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["::/0", "2001:db8::1", true],
  ])("%s holds %s: %s", (range, address, expected) => {
    expect(rangeContains(rangeOf(range), bytesOf(address))).toBe(expected);
  });

  it("clears host bits and names the last address", () => {
    const range = rangeOf("192.168.4.77/22");
    expect(formatAddressRange(range)).toBe("192.168.4.0/22");
    expect(formatAddress(lastAddress(range))).toBe("192.168.7.255");
  });

  it.each([
    "",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "10.0.0/8",
    "::/129",
    "10.0.0.0/x",
    "10.0.0.0/",
  ])("refuses %j", (text) => {
    expect(parseAddressRange(text)).toBeUndefined();
  });

  it("can read every default range", () => {
    for (const text of DEFAULT_INTERNAL_RANGES) expect(formatAddressRange(rangeOf(text))).toBe(text);
  });
});

describe("isUnicast", () => {
  it.each([
    ["10.1.2.3", true],
    ["0.0.0.0", false],
    ["127.0.0.1", false],
    ["224.0.0.251", false],
    ["255.255.255.255", false],
    ["::", false],
    ["::1", false],
    ["ff02::fb", false],
    ["fe80::1", true],
  ])("%s: %s", (address, expected) => {
    expect(isUnicast(bytesOf(address))).toBe(expected);
  });
});
