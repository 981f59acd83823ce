import { describe, expect, it } from "vitest";
import { CommandLineError } from "../command-line-error.ts";
import { integerOf, numberOf, portOf, timeOfDay, timeSpanOf } from "./numbers.ts";
import { targetsOf, type TargetRules } from "./targets.ts";

const RULES: TargetRules = {
  ports: { netflow: 2055, ipfix: 4739, sflow: 6343 },
  isPublicAllowed: false,
};
const USUAL = { netflowPort: 2055, ipfixPort: 4739, sflowPort: 6343 };
const all = (port: number) => ({ netflowPort: port, ipfixPort: port, sflowPort: port });

describe("where a simulation sends to", () => {
  it.each([
    ["127.0.0.1", [{ address: "127.0.0.1", ...USUAL }]],
    ["10.1.2.3:9995", [{ address: "10.1.2.3", ...all(9995) }]],
    [
      "192.168.0.1, 172.16.4.4:99",
      [
        { address: "192.168.0.1", ...USUAL },
        { address: "172.16.4.4", ...all(99) },
      ],
    ],
    ["::1", [{ address: "::1", ...USUAL }]],
    ["[fd00::7]:2055", [{ address: "fd00::7", ...all(2055) }]],
    ["fe80::1", [{ address: "fe80::1", ...USUAL }]],
  ])("is read from %s", async (text, expected) => {
    expect(await targetsOf(text, RULES)).toEqual(expected);
  });

  it.each([
    ["8.8.8.8", /^8\.8\.8\.8 is a public address; .*--allow-public\.$/],
    ["10.0.0.1,1.1.1.1", /^1\.1\.1\.1 is a public address/],
    ["2001:4860:4860::8888", /public address/],
    ["127.0.0.1:99999", /"99999" is no UDP port/],
    ["127.0.0.1:0", /"0" is no UDP port/],
    ["a:b:c]", /^--to takes HOST/],
    ["", /^--to takes HOST/],
    ["10.0.0.1,,10.0.0.2", /^--to takes HOST/],
    ["no-such-host.invalid", /^No address is known for "no-such-host\.invalid"\.$/],
  ])("is refused when it is %j", async (text, sentence) => {
    const refused = targetsOf(text, RULES);
    await expect(refused).rejects.toThrow(CommandLineError);
    await expect(refused).rejects.toThrow(sentence);
  });

  it("may be public when that was asked for", async () => {
    const allowed = { ...RULES, isPublicAllowed: true };
    expect(await targetsOf("198.51.100.9", allowed)).toEqual([{ address: "198.51.100.9", ...USUAL }]);
  });
});

describe("numbers and times of flowlens simulate", () => {
  const range = { name: "--speed", least: 1, most: 100, usual: 7 };

  it("are read as they are written", () => {
    expect(numberOf(undefined, range)).toBe(7);
    expect(numberOf("1.5", range)).toBe(1.5);
    expect(integerOf("100", range)).toBe(100);
    expect(portOf(undefined, 2055)).toBe(2055);
    expect([timeSpanOf("90s"), timeSpanOf("1.5m"), timeSpanOf("24h")]).toEqual([90_000, 90_000, 86_400_000]);
    expect([timeOfDay("00:00"), timeOfDay("8:30"), timeOfDay("23:59")]).toEqual([0, 30_600_000, 86_340_000]);
  });

  it.each([
    ["no number", () => numberOf("fast", range), /^--speed takes a number from 1 to 100, not "fast"\.$/],
    ["nothing", () => numberOf("", range), /not ""/],
    ["too little", () => numberOf("0.9", range), /from 1 to 100/],
    ["half of one", () => integerOf("1.5", range), /whole number/],
    ["a time without unit", () => timeSpanOf("10"), /^--duration takes a time as 90s/],
    ["less than a second", () => timeSpanOf("0.2s"), /^--duration/],
    ["more than a month", () => timeSpanOf("800h"), /at most 744h/],
    ["an hour that is none", () => timeOfDay("24:00"), /^--from takes a time of day/],
  ])("are refused when they are %s", (_, read, sentence) => {
    expect(read).toThrow(CommandLineError);
    expect(read).toThrow(sentence);
  });
});
