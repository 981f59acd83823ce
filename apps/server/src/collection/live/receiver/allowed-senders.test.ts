import { describe, expect, it } from "vitest";
import { COLLECTOR_CONFIG } from "../config.ts";
import { allowedRanges } from "../endpoints.ts";
import { Value } from "typebox/value";
import { createAllowedSenders } from "./allowed-senders.ts";

const CONFIG = Value.Create(COLLECTOR_CONFIG);

describe("who may send", () => {
  it.each([
    ["127.0.0.1", true],
    ["::1", true],
    ["10.255.0.1", true],
    ["172.16.0.1", true],
    ["172.32.0.1", false],
    ["192.168.3.4", true],
    ["100.64.0.1", true],
    ["169.254.7.7", true],
    ["fd00::7", true],
    ["fe80::1%eth0", true],
    ["::ffff:10.0.0.1", true],
    ["8.8.8.8", false],
    ["2001:db8::1", false],
    ["203.0.113.7", false],
    ["not an address", false],
  ])("%s by default: %s", (address, allowed) => {
    expect(createAllowedSenders(allowedRanges(CONFIG)).find(address).allowed).toBe(allowed);
  });

  it("is also whom the settings name", () => {
    const senders = createAllowedSenders(
      allowedRanges({ ...CONFIG, exporters: ["203.0.113.7", "2001:db8::/32"] }),
    );
    expect(senders.find("203.0.113.7").allowed).toBe(true);
    expect(senders.find("203.0.113.8").allowed).toBe(false);
    expect(senders.find("2001:db8:7::1").allowed).toBe(true);
  });

  it("is remembered by number until a flood of addresses came, then numbered anew", () => {
    const senders = createAllowedSenders(["0.0.0.0/0"]);
    const first = senders.find("10.0.0.1");
    expect(senders.find("10.0.0.2").number).not.toBe(first.number);
    expect(senders.find("10.0.0.1")).toBe(first);
    expect(senders.generation).toBe(0);
    for (let n = 0; n < 70_000; n++) senders.find(`11.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
    expect(senders.generation).toBe(1);
    expect(senders.find("10.0.0.1").number).toBeLessThan(70_000);
  });

  it("counts whom it refuses, most packets first, but only so many of them by their address", () => {
    const senders = createAllowedSenders([]);
    let noted = 0;
    for (let n = 0; n < 3_000; n++) if (senders.refuse(`8.8.${n >> 8}.${n & 255}`)) noted++;
    expect(senders.refuse("8.8.0.7")).toBe(true);
    expect(noted).toBe(1_000);
    expect(senders.refused(2)[0]).toEqual({ address: "8.8.0.7", packets: 2 });
    expect(senders.refused(2)).toHaveLength(2);
  });
});
