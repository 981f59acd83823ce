import { EventEmitter } from "node:events";
import type { Queries, QuestionLimits } from "#flow-store";
import type { FastifyReply } from "fastify";
import { expect, it } from "vitest";
import { createTrafficQuestions } from "./traffic-questions.ts";

function reply(): { readonly reply: FastifyReply; readonly raw: EventEmitter } {
  const raw = new EventEmitter();
  return { reply: { raw } as unknown as FastifyReply, raw };
}

function questions(questionsAtOnce: number) {
  const asked: QuestionLimits[] = [];
  const flows = {
    queriesWithin(limits: QuestionLimits) {
      asked.push(limits);
      return {} as Queries;
    },
  };
  return { asked, ask: createTrafficQuestions(flows, { questionLimitMs: 500, questionsAtOnce }) };
}

it("as many are asked at once as may, the rest in their order; too many are refused", async () => {
  const { asked, ask } = questions(2);
  const ends: (() => void)[] = [];
  const began: number[] = [];
  const one = (i: number) =>
    ask(reply().reply, async () => {
      began.push(i);
      const { promise, resolve } = Promise.withResolvers<void>();
      ends.push(resolve);
      await promise;
      if (i === 1) throw new Error("it failed");
      return i;
    });
  const answers = Array.from({ length: 34 }, (_, i) => one(i).catch(() => "failed"));
  await expect(one(99)).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
  await new Promise(setImmediate);
  expect(began).toEqual([0, 1]);
  expect(asked[0].limitMs).toBe(500);
  // One that fails gives its place on as well.
  for (let ended = 0; ended < 34; ended++) {
    ends[ended]();
    await new Promise(setImmediate);
    expect(began.length).toBeLessThanOrEqual(ended + 3);
  }
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 34 }, (_, i) => (i === 1 ? "failed" : i)));
  expect(began).toEqual(Array.from({ length: 34 }, (_, i) => i));
});

it("is given up when the one who asked goes away", async () => {
  const { asked, ask } = questions(1);
  const { reply: toWhom, raw } = reply();
  const { promise, resolve } = Promise.withResolvers<string>();
  const answer = ask(toWhom, () => promise);
  await new Promise(setImmediate);
  expect(asked[0].signal?.aborted).toBe(false);
  raw.emit("close");
  expect(asked[0].signal?.aborted).toBe(true);
  resolve("too late");
  expect(await answer).toBe("too late");
  expect(raw.listenerCount("close")).toBe(0);
});
