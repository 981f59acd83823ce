import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import { bindFailure } from "./bind-failure.ts";
import { COLLECTOR_CONFIG } from "./config.ts";
import { allowedRanges, planEndpoints } from "./endpoints.ts";

const CONFIG = Value.Create(COLLECTOR_CONFIG);

describe("where the collector receives", () => {
  it("by default is every address, IPv4 and IPv6, on the three ports that exporters know", () => {
    const endpoints = planEndpoints(CONFIG);
    expect(endpoints.map(({ address, port }) => `${address} ${port}`)).toEqual([
      "0.0.0.0 2055",
      ":: 2055",
      "0.0.0.0 4739",
      ":: 4739",
      "0.0.0.0 6343",
      ":: 6343",
    ]);
    expect(endpoints.map(({ optional }) => optional)).toEqual([false, true, false, true, false, true]);
    expect(endpoints.every(({ dualStack }) => !dualStack)).toBe(true);
  });

  it("takes IPv4 on the IPv6 sockets where :: alone is asked for, and then needs IPv6", () => {
    const endpoints = planEndpoints({ ...CONFIG, hosts: ["::"] });
    expect(endpoints).toHaveLength(3);
    expect(endpoints.every(({ dualStack, optional }) => dualStack && !optional)).toBe(true);
  });

  it('leaves out a port that is "off"', () => {
    const ports = planEndpoints({ ...CONFIG, ipfixPort: "off" }).map(({ port }) => port);
    expect(new Set(ports)).toEqual(new Set([2055, 6343]));
  });

  it.each([
    ["collector.ipfixPort", { ipfixPort: 2055 }],
    ["collector.hosts", { hosts: ["localhost"] }],
  ])("with a wrong %s is refused", (setting, wrong) => {
    expect(() => planEndpoints({ ...CONFIG, ...wrong })).toThrow(
      expect.objectContaining({ code: "COLLECTOR_BAD_SETTING", context: { setting } }),
    );
  });

  it("refuses exporters that are neither an address nor a range", () => {
    expect(() => allowedRanges({ ...CONFIG, exporters: ["router1"] })).toThrow(
      expect.objectContaining({
        code: "COLLECTOR_BAD_SETTING",
        context: { setting: "collector.exporters" },
      }),
    );
  });
});

describe("a socket that cannot be opened", () => {
  const failed = { type: "failed", address: "0.0.0.0", message: "bind failed" } as const;
  it.each([
    [2055, "EADDRINUSE", "COLLECTOR_PORT_BUSY", /2055\/udp .* nfcapd.* collector\.netflowPort/],
    [6343, "EADDRINUSE", "COLLECTOR_PORT_BUSY", /6343\/udp .* sflowtool.* collector\.sflowPort/],
    [4739, "EACCES", "COLLECTOR_NOT_PERMITTED", /No permission .* collector\.ipfixPort/],
    [2055, "EADDRNOTAVAIL", "COLLECTOR_ADDRESS_NOT_HERE", /collector\.hosts/],
    [2055, "ENOTSUP", "COLLECTOR_NOT_STARTED", /collector\.receivers to 1/],
    [2055, "ENOMEM", "COLLECTOR_NOT_STARTED", /ENOMEM/],
  ])("on port %i with %s is told as %s, with a way on", (port, systemCode, code, message) => {
    const error = bindFailure({ ...failed, port, systemCode }, planEndpoints(CONFIG));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.context).toMatchObject({ port, systemCode });
  });
});
