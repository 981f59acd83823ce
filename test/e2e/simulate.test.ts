import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startFlowLens, testFolder } from "./command-line.ts";

const folder = testFolder();
const simulate = (...args: string[]) => startFlowLens(["simulate", ...args], { data: folder.path("data") });

/** Counts the packets that come. */
async function listener() {
  const socket = createSocket("udp4");
  const counted = { packets: 0, bytes: 0, senders: new Set<string>() };
  socket.on("message", (bytes, from) => {
    counted.packets++;
    counted.bytes += bytes.length;
    counted.senders.add(from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { counted, port: socket.address().port, close: () => socket.close() };
}

describe("flowlens simulate", () => {
  it("sends what it says it sent, and tells the truth about its hosts", async () => {
    const to = await listener();
    const options = [
      `--to=127.0.0.1:${to.port}`,
      "--speed=2000",
      "--from=09:00",
      "--duration=20m",
      "--hosts=100",
    ];
    const { code, stdout, stderr } = await simulate(...options, "--json").finished;
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const told = JSON.parse(stdout) as {
      state: string;
      hosts: number;
      exporters: { address: string; datagrams: number; records: number; failed: number }[];
      truth: { type: string }[];
    };
    expect(told).toMatchObject({ state: "finished", hosts: 100 });
    expect(new Set(told.truth.map(({ type }) => type)).size).toBe(9);
    const packets = told.exporters.reduce((sum, { datagrams }) => sum + datagrams, 0);
    expect(packets).toBeGreaterThan(100);
    for (let i = 0; i < 100 && to.counted.packets < packets; i++) await sleep(10);
    expect(to.counted.packets).toBe(packets);
    for (const address of to.counted.senders) {
      expect(told.exporters.map((exporter) => exporter.address)).toContain(address);
    }
    to.close();
  }, 60_000);

  it("ends within a second of Ctrl-C and says what had been sent", async () => {
    const to = await listener();
    const running = simulate(`--to=127.0.0.1:${to.port}`, "--hosts=100");
    while (to.counted.packets === 0) await sleep(20);
    const begun = performance.now();
    running.kill("SIGINT");
    const { code, stdout } = await running.finished;
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(code).toBe(130);
    expect(stdout).toMatch(/^EXPORTER .*\n(.*\n)*100 hosts, 0\.0 hours of theirs in/);
    to.close();
  }, 60_000);

  it("sends nothing to strangers", async () => {
    const { code, stderr, stdout } = await simulate("--to=8.8.8.8").finished;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^flowlens: 8\.8\.8\.8 is a public address.*--allow-public\.\n$/);
  }, 30_000);
});
