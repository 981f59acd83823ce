import { describe, expect, it } from "vitest";
import { hostCheck, isLoopback } from "./host-check.ts";

const ofLoopback = hostCheck({ host: "127.0.0.1", allowedHosts: [] });

describe("the Host header", () => {
  it.each([
    "localhost",
    "localhost:8000",
    "LocalHost:1",
    "localhost.",
    "127.0.0.1",
    "127.0.0.1:8000",
    "127.8.9.10",
    "[::1]",
    "[::1]:8000",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]:80",
  ])("of this machine is let in: %s", (host) => {
    expect(ofLoopback(host)).toBe(true);
  });

  it.each([
    undefined,
    "",
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example#localhost",
    "evil.example@localhost",
    "user@localhost",
    "localhost:80:80",
    "localhost:http",
    "localhost/",
    "localhost evil.example",
    "::1",
    "[::1",
    "[localhost]",
    "0.0.0.0",
    "10.0.0.1",
    "192.168.1.1:8000",
    "2130706433",
    "0x7f.1",
    "127.1",
  ])("of anybody else is not: %j", (host) => {
    expect(ofLoopback(host)).toBe(false);
  });

  it("may be the address that is listened on, and what was allowed", () => {
    const check = hostCheck({
      host: "192.168.1.5",
      allowedHosts: ["FlowLens.example", "2001:DB8::1", "10.0.0.9"],
    });
    for (const host of [
      "192.168.1.5:8000",
      "flowlens.example",
      "flowlens.example.:443",
      "[2001:db8:0::1]:80",
      "10.0.0.9",
    ]) {
      expect(check(host)).toBe(true);
    }
    expect(check("192.168.1.6")).toBe(false);
    expect(check("www.flowlens.example")).toBe(false);
  });
});

it("only addresses that never leave the machine are loopback", () => {
  expect(["127.0.0.1", "127.255.0.1", "::1", "localhost"].every(isLoopback)).toBe(true);
  expect(["0.0.0.0", "::", "10.0.0.1", "example.com", "128.0.0.1"].some(isLoopback)).toBe(false);
});
