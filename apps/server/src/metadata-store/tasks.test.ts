import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { withMetadataStore } from "./testing.ts";

const test = withMetadataStore();
const NEW = { type: "classify_assets", name: "Classify assets", triggeredBy: "schedule" };

describe("a task", () => {
  it("is pending, then running, then completed, with its counts and times", async () => {
    const { tasks } = test.store;
    const created = await tasks.create({ ...NEW, parameters: { network: "default" }, totalItems: 3 });
    expect(created).toMatchObject({ status: "pending", totalItems: 3, processedItems: 0, startedAt: null });
    expect(created.id).toMatch(/^[0-9a-f]{8}-/);

    const running = await tasks.progress(created.id, {
      processedItems: 1,
      progress: { phase: "collect", done: 1, of: 2 },
    });
    expect(running).toMatchObject({ status: "running", totalItems: 3, processedItems: 1, finishedAt: null });
    const further = await tasks.progress(created.id, {
      processedItems: 3,
      successfulItems: 2,
      failedItems: 1,
    });
    expect(further.progress).toEqual({ phase: "collect", done: 1, of: 2 });
    expect(further.startedAt).toEqual(running.startedAt);

    const done = await tasks.finish(created.id, { status: "completed", result: { changed: 2 } });
    expect(done).toMatchObject({
      status: "completed",
      result: { changed: 2 },
      successfulItems: 2,
      failedItems: 1,
    });
    expect(done.finishedAt?.getTime()).toBeGreaterThanOrEqual(done.startedAt?.getTime() ?? Infinity);
  });

  it("is found by its id", async () => {
    const { tasks } = test.store;
    const created = await tasks.create(NEW);
    expect(await tasks.find(created.id)).toEqual(created);
    expect(await tasks.find("00000000-0000-4000-8000-000000000000")).toBeUndefined();
    await expect(tasks.find("first")).rejects.toMatchObject({ code: "METADATA_STORE_BAD_ARGUMENT" });
  });

  it("that failed keeps its reason", async () => {
    const { id } = await test.store.tasks.create(NEW);
    const failed = await test.store.tasks.finish(id, {
      status: "failed",
      errorMessage: "too few samples",
      errorDetails: { error_type: "training_error" },
    });
    expect(failed).toMatchObject({ status: "failed", errorMessage: "too few samples", startedAt: null });
    expect(failed.errorDetails).toEqual({ error_type: "training_error" });
  });

  it("that has ended neither goes on nor ends again", async () => {
    const { tasks } = test.store;
    const { id } = await tasks.create(NEW);
    await tasks.finish(id, { status: "cancelled" });
    const refused = { code: "METADATA_STORE_TASK_NOT_OPEN", context: { task: id } };
    await expect(tasks.progress(id, { processedItems: 1 })).rejects.toMatchObject(refused);
    await expect(tasks.finish(id, { status: "completed" })).rejects.toMatchObject(refused);
    expect((await tasks.list({ type: NEW.type })).find((task) => task.id === id)).toMatchObject({
      status: "cancelled",
      processedItems: 0,
    });
    await expect(tasks.progress("00000000-0000-4000-8000-000000000000")).rejects.toMatchObject({
      code: "METADATA_STORE_TASK_NOT_OPEN",
    });
  });

  it("of training is refused while another is open", async () => {
    const { tasks } = test.store;
    const training = { type: "train_ml_model", name: "Train ML Classification Model", triggeredBy: "alice" };
    const attempts = await Promise.allSettled([
      tasks.create(training),
      tasks.create(training),
      tasks.create(training),
    ]);
    expect(attempts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const refused = attempts.find((one) => one.status === "rejected");
    expect(refused?.reason).toMatchObject({ code: "METADATA_STORE_CONFLICT" });
    const [open] = await tasks.list({ type: "train_ml_model" });
    await tasks.progress(open.id);
    await expect(tasks.create(training)).rejects.toMatchObject({ code: "METADATA_STORE_CONFLICT" });
    await tasks.finish(open.id, { status: "completed" });
    await tasks.create(training);
  });

  it("is listed newest first, by type and status, up to the limit", async () => {
    const { tasks } = test.store;
    for (const name of ["first", "second", "third"]) {
      await tasks.create({ ...NEW, type: "export_assets", name });
      // Times are kept to the millisecond: two tasks of one have no order.
      await sleep(2);
    }
    const listed = await tasks.list({ type: "export_assets", status: "pending", limit: 2 });
    expect(listed.map(({ name }) => name)).toEqual(["third", "second"]);
    expect(await tasks.list({ type: "export_assets", status: "failed" })).toEqual([]);
  });

  it("cannot have a count below nothing", async () => {
    const { id } = await test.store.tasks.create(NEW);
    await expect(test.store.tasks.progress(id, { skippedItems: -1 })).rejects.toMatchObject({
      code: "METADATA_STORE_BAD_ARGUMENT",
      context: { constraint: "background_tasks_counts" },
    });
  });
});
