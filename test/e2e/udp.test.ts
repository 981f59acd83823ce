import { setTimeout as sleep } from "node:timers/promises";
import type { AssetList, AssetListItem, ExporterList, Traffic } from "@flowlens/contract";
import { describe, expect, it } from "vitest";
import { startFlowLens, testFolder, type Running } from "./command-line.ts";
import { send, SENT_PROTOCOLS, sentTraffic, type SentTraffic } from "./export-senders.ts";

const folder = testFolder();
const WINDOW_MS = 300_000;
/** Only there is all of 127.0.0.0/8 an address of the machine. */
const hasManyLoopbacks = process.platform === "linux";
const why = "exporters of this test send from 127.0.0.11 on, which only Linux has without being told";

interface Served {
  readonly running: Running;
  readonly url: string;
  readonly ports: Readonly<Record<SentTraffic["protocol"], number>>;
}

async function serve(data: string): Promise<Served> {
  const args = ["serve", "--port", "0", "--netflow-port", "0", "--ipfix-port", "0", "--sflow-port", "0"];
  const running = startFlowLens(args, { data });
  await until("serve is up", () => running.stdout().includes("Ctrl-C ends it"), running);
  const said = running.stdout();
  const port = (names: RegExp): number => Number(names.exec(said)?.[1]);
  const netflow = port(/(\d+)\/udp {2}NetFlow v5, NetFlow v9, IPFIX/);
  return {
    running,
    url: /web +(http:\/\/[\d.]+:\d+)/.exec(said)![1],
    ports: {
      netflow5: netflow,
      netflow9: netflow,
      ipfix: port(/(\d+)\/udp {2}IPFIX/),
      sflow5: port(/(\d+)\/udp {2}sFlow v5/),
    },
  };
}

async function until(what: string, isSo: () => boolean | Promise<boolean>, running: Running): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await isSo()) return;
    await sleep(100);
  }
  throw new Error(
    `within 60 s it did not come to be that ${what}: ${running.stdout()}${running.stderr().slice(-2_000)}`,
  );
}

async function get<Answer>(url: string, path: string): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/${path}`);
  expect(response.status, path).toBe(200);
  return (await response.json()) as Answer;
}

async function assetsOf(url: string): Promise<Map<string, AssetListItem>> {
  const { assets } = await get<AssetList>(url, "assets?limit=1000");
  return new Map(assets.map((asset) => [asset.address, asset]));
}

/** Records that lie in the spool or have left it for the store: what a kill must not cost. */
async function recordsKept(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^flowlens_collector_stored_records_total (\d+)/m.exec(metrics)?.[1] ?? 0);
}

/** A window that is over, so that what lies in it was not sent before it happened. */
function overWindowMs(): number {
  return (Math.floor(Date.now() / WINDOW_MS) - 2) * WINDOW_MS;
}

const sum = (all: readonly SentTraffic[], of: (one: SentTraffic) => number): number =>
  all.reduce((total, one) => total + of(one), 0);

/** What the assets say of the servers, and the sender's own count of the same. */
function servedBy(assets: ReadonlyMap<string, AssetListItem>, { server }: SentTraffic) {
  const asset = assets.get(server);
  return {
    server,
    conversations: asset?.conversations,
    bytesIn: asset?.bytes_in,
    bytesOut: asset?.bytes_out,
    clients: asset?.clients,
  };
}

describe("flow records over UDP", () => {
  it("of every protocol become hosts, aggregates and counters that agree with what was sent, to the byte", async (context) => {
    if (!hasManyLoopbacks) context.skip(why);
    const { running, url, ports } = await serve(folder.path("received"));
    try {
      const nowMs = Date.now();
      const sent = SENT_PROTOCOLS.map((protocol) =>
        sentTraffic(protocol, { part: 0, windowMs: overWindowMs(), nowMs }),
      );
      for (const one of sent) await send(one, ports[one.protocol]);
      const counted = (assets: Map<string, AssetListItem>): number =>
        sum(sent, ({ server }) => assets.get(server)?.conversations ?? 0);
      const expected = sum(sent, ({ conversations }) => conversations);
      await until("all is counted", async () => counted(await assetsOf(url)) >= expected, running);

      const assets = await assetsOf(url);
      expect([...assets.keys()].sort()).toEqual(
        sent.flatMap(({ server, clients }) => [server, ...clients]).sort(),
      );
      for (const one of sent) {
        expect(servedBy(assets, one)).toEqual({
          server: one.server,
          conversations: one.conversations,
          bytesIn: one.bytesIn,
          bytesOut: one.bytesOut,
          clients: one.clients.length,
        });
        expect(assets.get(one.server)).toMatchObject({
          asset_type: "database",
          max_sampling_rate: one.samplingRate,
        });
      }

      const traffic = await get<Traffic>(url, "flows/traffic?network=default");
      const points = (of: (point: Traffic["points"][number]) => number): number =>
        traffic.points.reduce((total, point) => total + of(point), 0);
      expect(points((point) => point.conversations)).toBe(expected);
      expect(points((point) => point.bytes_in)).toBe(sum(sent, ({ bytesIn }) => bytesIn));
      expect(points((point) => point.bytes_out)).toBe(sum(sent, ({ bytesOut }) => bytesOut));

      const { exporters, sockets } = await get<ExporterList>(url, "exporters");
      expect(exporters.map(({ address }) => address)).toEqual(sent.map(({ exporter }) => exporter));
      for (const [i, one] of sent.entries()) {
        expect(exporters[i], one.protocol).toMatchObject({
          state: "receiving",
          protocols: [one.protocol],
          packets: one.datagrams.length,
          records: one.records,
          records_lost: 0,
          records_dropped: 0,
          records_waiting: 0,
          sequence_gaps: 0,
          malformed: 0,
          times_clamped: 0,
          sampling_rate: one.samplingRate,
        });
      }
      expect(sockets.reduce((total, { packets }) => total + packets, 0)).toBe(
        sum(sent, ({ datagrams }) => datagrams.length),
      );
      for (const { queue_drops, kernel_drops, refused } of sockets)
        expect([queue_drops, kernel_drops ?? 0, refused]).toEqual([0, 0, 0]);
      // The token of the first start opens what changes something; nothing else does.
      const [token] = /^ {2}(fl_\S+)$/m.exec(running.stdout())!.slice(1);
      const rename = (headers: Record<string, string>): Promise<Response> =>
        fetch(`${url}/api/v1/exporters/${sent[0].exporter}`, {
          method: "PATCH",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify({ name: "edge" }),
        });
      expect((await rename({})).status).toBe(401);
      expect((await rename({ authorization: `Bearer ${token.slice(0, -1)}x` })).status).toBe(401);
      expect(await (await rename({ authorization: `Bearer ${token}` })).json()).toMatchObject({
        name: "edge",
      });
      const ready = await fetch(`${url}/health/ready`);
      expect(ready.status).toBe(200);
      expect(await ready.text()).toMatch(/collector/);
    } finally {
      running.kill("SIGTERM");
      expect((await running.finished).code).toBe(0);
    }
  });

  it("are counted exactly once when FlowLens is killed after it received them", async (context) => {
    if (!hasManyLoopbacks) context.skip(why);
    const data = folder.path("killed");
    const windowMs = overWindowMs();
    const sent: SentTraffic[] = [];
    // Killed while all lies in the spool, while it is loaded or folded, and after that.
    for (const [part, killAfterMs] of [0, 900, 2_500].entries()) {
      const { running, url, ports } = await serve(data);
      expect(running.stdout().includes(" fl_"), "the token is shown at the first start only").toBe(
        part === 0,
      );
      const nowMs = Date.now();
      const some = SENT_PROTOCOLS.map((protocol) => sentTraffic(protocol, { part, windowMs, nowMs }));
      for (const one of some) await send(one, ports[one.protocol]);
      const records = sum(some, (one) => one.records);
      await until("all is in the spool", async () => (await recordsKept(url)) === records, running);
      await sleep(killAfterMs);
      running.kill("SIGKILL");
      await running.finished;
      sent.push(...some);
    }
    const { running, url } = await serve(data);
    try {
      const expected = SENT_PROTOCOLS.map((protocol) => {
        const of = sent.filter((one) => one.protocol === protocol);
        return {
          server: of[0].server,
          conversations: sum(of, ({ conversations }) => conversations),
          bytesIn: sum(of, ({ bytesIn }) => bytesIn),
          bytesOut: sum(of, ({ bytesOut }) => bytesOut),
          clients: of[0].clients.length,
        };
      });
      const counted = async () => {
        const assets = await assetsOf(url);
        return SENT_PROTOCOLS.map((_, i) => servedBy(assets, sent[i]));
      };
      const all = sum(sent, ({ conversations }) => conversations);
      const reached = async (): Promise<boolean> =>
        (await counted()).reduce((total, { conversations = 0 }) => total + conversations, 0) >= all;
      await until("all is counted again", reached, running);
      // What would be counted twice would come now.
      await sleep(4_000);
      expect(await counted()).toEqual(expected);
    } finally {
      running.kill("SIGTERM");
      await running.finished;
    }
  });
});
