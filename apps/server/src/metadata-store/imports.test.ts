import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { ImportResult } from "./imports.ts";
import { withMetadataStore } from "./testing.ts";

const test = withMetadataStore();

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const result = (text: string, more: Partial<ImportResult> = {}): ImportResult => ({
  sha256: sha256(text),
  format: "pcap",
  bytes: 1_000,
  records: 10,
  end: { complete: true },
  counters: { malformed: 2 },
  ...more,
});

async function network(name: string): Promise<number> {
  return (await test.store.networks.ensure(name)).id;
}

describe("an import", () => {
  it("is running, then complete, and found by its content in its network only", async () => {
    const { imports } = test.store;
    const networkId = await network("whole");
    const begun = await imports.begin({ networkId, path: "a.pcap" });
    expect(begun).toMatchObject({
      outcome: "begun",
      import: { state: "running", sha256: null, ownerPid: process.pid },
    });
    expect(await imports.findByHash(networkId, sha256("whole"))).toBeUndefined();

    const firstRecordAt = new Date("2009-11-17T08:00:00.123Z");
    const finished = await imports.finish(
      begun.import.id,
      result("whole", { firstRecordAt, lastRecordAt: firstRecordAt }),
    );
    expect(finished).toMatchObject({
      outcome: "finished",
      import: {
        state: "complete",
        records: 10,
        counters: { malformed: 2 },
        breakOffset: null,
        ownerPid: null,
      },
    });
    expect(finished.import.firstRecordAt).toEqual(firstRecordAt);
    expect(await imports.findByHash(networkId, sha256("whole"))).toEqual(finished.import);
    expect(await imports.findByHash(await network("elsewhere"), sha256("whole"))).toBeUndefined();
    expect("owner" in finished.import).toBe(false);
  });

  it("of a file that breaks off keeps where and why", async () => {
    const { imports } = test.store;
    const { import: begun } = await imports.begin({ networkId: await network("broken"), path: "b.pcap" });
    const end = { complete: false, offset: 4_096, reason: "the packet is longer than the file" } as const;
    const { import: incomplete } = await imports.finish(begun.id, result("broken", { end }));
    expect(incomplete).toMatchObject({ state: "incomplete", breakOffset: 4_096, breakReason: end.reason });
    expect(incomplete.firstRecordAt).toBeNull();
  });

  it("of content that is there is not begun, but told", async () => {
    const { imports } = test.store;
    const networkId = await network("again");
    const { import: first } = await imports.begin({ networkId, path: "c.pcap", sha256: sha256("again") });
    await imports.finish(first.id, result("again"));
    expect(await imports.begin({ networkId, path: "copy.pcap", sha256: sha256("again") })).toMatchObject({
      outcome: "already_imported",
      import: { id: first.id },
    });
    // Into another network it is another import.
    const elsewhere = await imports.begin({
      networkId: await network("again2"),
      path: "c.pcap",
      sha256: sha256("again"),
    });
    expect(elsewhere.outcome).toBe("begun");
  });

  it("of content that another is reading at the moment is begun by one of them only", async () => {
    const networkId = await network("twice");
    const other = test.database.store();
    await other.start();
    const file = { networkId, path: "d.pcap", sha256: sha256("twice") };
    const both = await Promise.all([test.store.imports.begin(file), other.imports.begin(file)]);
    expect(both.map(({ outcome }) => outcome).toSorted()).toEqual(["begun", "running"]);
    expect(both[0].import.id).toBe(both[1].import.id);
  });

  it("whose content turns out to be there at its end is to be undone", async () => {
    const { imports } = test.store;
    const networkId = await network("race");
    const [{ import: one }, { import: two }] = [
      await imports.begin({ networkId, path: "e.pcap" }),
      await imports.begin({ networkId, path: "copy of e.pcap" }),
    ];
    const ends = await Promise.all([
      imports.finish(one.id, result("race")),
      imports.finish(two.id, result("race")),
    ]);
    expect(ends.map(({ outcome }) => outcome).toSorted()).toEqual(["already_imported", "finished"]);
    expect(ends[0].import.id).toBe(ends[1].import.id);
    const loser = ends[0].outcome === "finished" ? two : one;
    const states = new Map((await imports.list({ networkId })).map(({ id, state }) => [id, state]));
    expect(states.get(loser.id)).toBe("undoing");
    await imports.forget(loser.id);
    expect((await imports.list({ networkId })).map(({ id }) => id)).toEqual([ends[0].import.id]);
  });

  it("that failed is undone and forgotten, and its number is not given again", async () => {
    const { imports } = test.store;
    const networkId = await network("failed");
    const { import: begun } = await imports.begin({ networkId, path: "f.pcap" });
    expect(await imports.fail(begun.id, "the disk is full")).toMatchObject({
      state: "undoing",
      breakReason: "the disk is full",
    });
    await expect(imports.finish(begun.id, result("failed"))).rejects.toMatchObject({
      code: "METADATA_STORE_IMPORT_LOST",
    });
    await imports.forget(begun.id);
    await expect(imports.forget(begun.id)).rejects.toMatchObject({ code: "METADATA_STORE_IMPORT_LOST" });
    expect((await imports.begin({ networkId, path: "f.pcap" })).import.id).toBeGreaterThan(begun.id);
  });

  it("that is finished can be neither failed nor forgotten", async () => {
    const { imports } = test.store;
    const { import: begun } = await imports.begin({ networkId: await network("done"), path: "g.pcap" });
    await imports.finish(begun.id, result("done"));
    await expect(imports.fail(begun.id, "late")).rejects.toMatchObject({
      code: "METADATA_STORE_IMPORT_LOST",
    });
    await expect(imports.forget(begun.id)).rejects.toMatchObject({ code: "METADATA_STORE_IMPORT_LOST" });
  });

  it("with a hash that is none, or into no network, is refused", async () => {
    const { imports } = test.store;
    const bad = { code: "METADATA_STORE_BAD_ARGUMENT" };
    await expect(
      imports.begin({ networkId: await network("bad"), path: "h", sha256: "ABC" }),
    ).rejects.toMatchObject(bad);
    await expect(imports.begin({ networkId: 2_000_000_000, path: "h" })).rejects.toMatchObject(bad);
  });
});

describe("an import whose process is dead", () => {
  it("is claimed by one of those who look, at once after a kill -9, and no living one is", async () => {
    const networkId = await network("killed");
    const living = await test.store.imports.begin({ networkId, path: "living.pcap" });
    const others = [test.database.store(), test.database.store()];
    for (const store of others) await store.start();

    const killed = await importInAnotherProcess(networkId);
    expect(await others[0].imports.claimStale()).toEqual([]);
    killed.process.kill("SIGKILL");
    await once(killed.process, "exit");

    const claims = (await Promise.all(others.map((store) => store.imports.claimStale()))).flat();
    expect(claims).toMatchObject([{ id: killed.importId, state: "undoing", ownerPid: process.pid }]);
    expect(claims[0].breakReason).toContain("process that read the file ended");

    // The claimant dies too, by a clean stop, in the middle of the undoing.
    for (const store of others) await store.stop();
    expect(await test.store.imports.claimStale()).toMatchObject([{ id: killed.importId, state: "undoing" }]);
    await test.store.imports.forget(killed.importId);
    const states = (await test.store.imports.list({ networkId })).map(({ id, state }) => [id, state]);
    expect(states).toEqual([[living.import.id, "running"]]);
  });

  it("is not held against the same content: it can be begun before the dead one is undone", async () => {
    const networkId = await network("dead content");
    const other = test.database.store();
    await other.start();
    const file = { networkId, path: "i.pcap", sha256: sha256("dead content") };
    await other.imports.begin(file);
    expect((await test.store.imports.begin(file)).outcome).toBe("running");
    await other.stop();
    expect((await test.store.imports.begin(file)).outcome).toBe("begun");
  });

  it("has lost it for good: when it wakes up after another took it over, its finish is refused", async () => {
    const networkId = await network("woken");
    const sleeper = test.database.store();
    await sleeper.start();
    const { import: begun } = await sleeper.imports.begin({ networkId, path: "j.pcap" });
    const client = await test.database.client();
    // As when its machine was cut off: somebody else owns the import now.
    await client.query("UPDATE imports SET state = 'undoing', owner = 0 WHERE id = $1", [begun.id]);
    await expect(sleeper.imports.finish(begun.id, result("woken"))).rejects.toMatchObject({
      code: "METADATA_STORE_IMPORT_LOST",
      context: { import: begun.id },
    });
  });
});

async function importInAnotherProcess(networkId: number) {
  const door = fileURLToPath(new URL("index.ts", import.meta.url));
  const program = `
    const { createMetadataStore } = await import(${JSON.stringify(door)});
    const { config, connection, networkId } = JSON.parse(process.env.TOLD);
    const logger = { info() {}, warn() {} };
    const store = createMetadataStore(config, { connection: () => connection, logger });
    await store.start();
    const begun = await store.imports.begin({ networkId, path: "killed.pcap" });
    console.log(begun.import.id);`;
  const config = {
    connections: 2,
    statementTimeoutMs: 5_000,
    connectTimeoutMs: 5_000,
    startTimeoutMs: 5_000,
  };
  const told = JSON.stringify({ config, connection: test.database.connection(), networkId });
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    env: { ...process.env, TOLD: told },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { process: child, importId: Number(line.toString()) };
}
