import fastify from "fastify";
import { expect, it } from "vitest";
import { problemOf } from "../problems/problem-of.ts";
import { limitRates } from "./rate-limit.ts";
import { sendProblem } from "./send-problem.ts";
import type { Server } from "./server.ts";

it("requests of another machine are limited, also where nothing is; this machine's own are not", async () => {
  const server: Server = fastify();
  server.setErrorHandler((error, _request, reply) => sendProblem(reply, problemOf(error)));
  await limitRates(server, 3);
  server.get("/", () => "here");
  const statuses = async (remoteAddress: string, url = "/") => {
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await server.inject({ url, remoteAddress }));
    return answers;
  };
  const far = await statuses("192.0.2.7");
  expect(far.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 429, 429]);
  expect(far[4].json()).toMatchObject({ code: "TOO_MANY_REQUESTS" });
  expect(Number(far[4].headers["retry-after"])).toBeGreaterThan(50);
  // A network of IPv6 is one caller, whatever address of it is used.
  await statuses("2001:db8:1:2::1");
  expect((await server.inject({ url: "/", remoteAddress: "2001:db8:1:2::2" })).statusCode).toBe(429);
  expect((await statuses("192.0.2.8", "/nowhere")).map(({ statusCode }) => statusCode)).toEqual([
    404, 404, 404, 429, 429,
  ]);
  for (const own of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.9.9.9"]) {
    expect((await statuses(own)).every(({ statusCode }) => statusCode === 200)).toBe(true);
  }
  await server.close();
});
