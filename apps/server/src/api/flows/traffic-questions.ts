import type { FlowStore, Queries } from "#flow-store";
import type { FastifyReply } from "fastify";
import { RequestError } from "../errors.ts";

export interface TrafficQuestionLimits {
  /** Of working time in the store, for one question. */
  readonly questionLimitMs: number;
  /** Requests that ask at the same time; the rest wait their turn. */
  readonly questionsAtOnce: number;
}

/** How many may wait for each that is asking. */
const WAITING_PER_PLACE = 16;

/** Asks the flow store on behalf of a request. Resolves with what `act` makes of the answers. */
export type AskTraffic = <Result>(
  reply: FastifyReply,
  act: (queries: Queries) => Promise<Result>,
) => Promise<Result>;

/**
 * Questions about traffic that anybody may ask: each has a limit, few are asked at once, so that those who only look
 * never hold up what is being received, and one is given up when nobody waits for its answer any more.
 */
export function createTrafficQuestions(
  flows: Pick<FlowStore, "queriesWithin">,
  { questionLimitMs, questionsAtOnce }: TrafficQuestionLimits,
): AskTraffic {
  let asking = 0;
  const waiting: (() => void)[] = [];

  async function enter(): Promise<void> {
    if (asking < questionsAtOnce) {
      asking++;
      return;
    }
    if (waiting.length >= questionsAtOnce * WAITING_PER_PLACE) {
      throw new RequestError(
        "TOO_MANY_REQUESTS",
        "Too many questions about traffic are waiting for their answers. Ask again in a moment.",
      );
    }
    const turn = Promise.withResolvers<void>();
    waiting.push(turn.resolve);
    await turn.promise;
  }

  /** The place goes to the next who waits, if any. */
  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) asking--;
    else next();
  }

  return async (reply, act) => {
    const gone = new AbortController();
    const onClose = (): void => gone.abort();
    reply.raw.once("close", onClose);
    await enter();
    try {
      if (reply.raw.destroyed) gone.abort();
      return await act(flows.queriesWithin({ limitMs: questionLimitMs, signal: gone.signal }));
    } finally {
      reply.raw.removeListener("close", onClose);
      leave();
    }
  };
}
