import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { send, sentTraffic, type SentProtocol } from "./export-senders.ts";
import { officeCapture } from "./web-office.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BIN = join(ROOT, "apps/server/bin/flowlens.mjs");
const START_TRIES = 600;
const STEP_MS = 100;
const WINDOW_MS = 300_000;

/** A FlowLens of one's own with its console built, on a data directory that is removed at the end. */
export interface Stage {
  readonly url: string;
  /** Takes in working days of the made-up office. */
  importOffice(days: number): Promise<void>;
  /** Sends flow records of two protocols from two exporters. */
  sendFlows(): Promise<void>;
  /** Ends the server at once; the pages stay open. */
  kill(): void;
  stop(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const data = mkdtempSync(join(tmpdir(), "flowlens-web-"));
  const env = { ...process.env, FLOWLENS_DATA: data };
  const args = ["serve", "--port", "0", "--netflow-port", "0", "--ipfix-port", "0", "--sflow-port", "0"];
  const server = spawn(process.execPath, [BIN, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => server.once("close", () => resolve()));
  let said = "";
  server.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  server.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));

  async function stop(): Promise<void> {
    server.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  }

  // While the engines start; the server looks for the console when it is asked for.
  const built = spawnSync(process.execPath, ["scripts/build-web.mjs", "--if-changed"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (built.status !== 0) {
    await stop();
    throw new Error(`the console could not be built: ${built.stderr}`);
  }
  for (let tries = 0; !said.includes("Ctrl-C ends it"); tries++) {
    if (tries === START_TRIES || server.exitCode !== null) {
      await stop();
      throw new Error(`serve did not come up: ${said}`);
    }
    await sleep(STEP_MS);
  }
  const [, url = ""] = /web +(http:\/\/[\d.]+:\d+)/.exec(said) ?? [];
  const udpPort = Number(/(\d+)\/udp {2}NetFlow v5/.exec(said)?.[1]);

  return {
    url,
    stop,
    kill: () => void server.kill("SIGTERM"),
    async importOffice(days) {
      const file = join(data, "office.pcap");
      writeFileSync(file, officeCapture(days));
      const importing = spawn(process.execPath, [BIN, "import", file, "--network", "office"], { env });
      let told = "";
      importing.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
      const code = await new Promise<number | null>((resolve) => importing.once("close", resolve));
      if (code !== 0) throw new Error(`the office could not be imported: ${told}`);
    },
    async sendFlows() {
      const nowMs = Date.now();
      const windowMs = (Math.floor(nowMs / WINDOW_MS) - 2) * WINDOW_MS;
      // Only Linux has all of 127.0.0.0/8 without being told.
      const protocols: readonly SentProtocol[] = ["netflow5", "ipfix"];
      for (const protocol of protocols) {
        const traffic = sentTraffic(protocol, { part: 0, windowMs, nowMs });
        await send(process.platform === "linux" ? traffic : { ...traffic, exporter: "127.0.0.1" }, udpPort);
      }
    },
  };
}
