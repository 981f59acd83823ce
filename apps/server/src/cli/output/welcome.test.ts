import { describe, expect, it } from "vitest";
import { welcomeText, type Welcome } from "./welcome.ts";

const NETFLOW = ["netflow5", "netflow9", "ipfix"];
const welcome: Welcome = {
  version: "1.2.3",
  url: "http://127.0.0.1:8000",
  dataDirectory: "/var/lib/flowlens",
  listening: [
    { address: "0.0.0.0", port: 2055, protocols: NETFLOW },
    { address: "::", port: 2055, protocols: NETFLOW },
    { address: "0.0.0.0", port: 6343, protocols: ["sflow5"] },
  ],
  isNew: true,
  adminToken: "fl_secret",
};

describe("welcomeText", () => {
  it("says where it listens, one line a port, and what to point there", () => {
    const text = welcomeText(welcome, "192.0.2.9");
    expect(text).toContain("web       http://127.0.0.1:8000/\n");
    expect(text.match(/\/udp {2}/g)).toHaveLength(2);
    expect(text).toContain("2055/udp  NetFlow v5, NetFlow v9, IPFIX\n");
    expect(text).toContain("softflowd -i eth0 -v 9 -n 192.0.2.9:2055");
    expect(text).toContain("sflow destination 192.0.2.9 6343");
    expect(text.match(/fl_secret/g)).toHaveLength(1);
  });

  it("says no more than where it listens once packets have come", () => {
    const text = welcomeText({ ...welcome, isNew: false, adminToken: undefined }, "192.0.2.9");
    expect(text).not.toContain("softflowd");
    expect(text).not.toContain("Bearer");
  });

  it("names the addresses where it does not listen on all, and says when nothing is received", () => {
    const one = [{ address: "127.0.0.1", port: 2055, protocols: NETFLOW }];
    expect(welcomeText({ ...welcome, listening: one }, "192.0.2.9")).toContain("IPFIX  on 127.0.0.1\n");
    const none = welcomeText({ ...welcome, listening: [] }, "192.0.2.9");
    expect(none).toContain("receives  nothing");
    expect(none).not.toContain("softflowd");
  });
});
