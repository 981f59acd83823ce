import { IP_PROTOCOL, isIpv4 } from "@flowlens/flow";
import type {
  Activity,
  Begin,
  EndpointId,
  Exchange,
  Mishaps,
  NetworkPlan,
  Outcome,
} from "../plan/network-plan.ts";
import { createRandom, mix, type Random } from "../random/random.ts";
import { drawConversation, type Conversation } from "./conversation.ts";

export interface ConversationSource {
  /** Hands out the conversations that begin in that minute of the plan, and what follows from them, in no order of time. */
  minute(minute: number, onConversation: (conversation: Conversation) => void): void;
}

const MINUTE_MS = 60_000;
const WINDOWS_PORTS = { first: 49_152, count: 16_384 };
const LINUX_PORTS = { first: 32_768, count: 28_232 };
/** Ports a host moves on by in a minute, so that it uses none again for a quarter of an hour and longer. */
const PORTS_A_MINUTE = 997;
/** What follows may itself be followed, so deep: client, balancer, application, database. */
const MOST_IN_A_CHAIN = 5;
const NEAR_ROUND_TRIP_MS = [0.3, 0.5] as const;
const FAR_ROUND_TRIP_MS = [18, 0.5] as const;
const PORT_UNREACHABLE = 0x0303;

export function createConversationSource(plan: NetworkPlan): ConversationSource {
  const random = createRandom(plan.seed);
  const portsUsed = new Uint16Array(plan.addresses.length / 16);
  let minuteNow = 0;
  let made = 0;
  let emit: (conversation: Conversation) => void = () => undefined;

  function ephemeralPort(client: EndpointId): number {
    const range = plan.windowsPorts[client] === 1 ? WINDOWS_PORTS : LINUX_PORTS;
    const offset = mix(plan.seed, client, 0x706f7274) + minuteNow * PORTS_A_MINUTE + portsUsed[client]++;
    return range.first + (offset % range.count);
  }

  const followUp =
    (depth: number): Begin =>
    ({ atMs, client, server, exchange, outcome = "answered" }) =>
      beginOne(atMs, { client, server, exchange, outcome }, depth);

  function beginOne(
    startMs: number,
    said: { client: EndpointId; server: EndpointId; exchange: Exchange; outcome: Outcome },
    depth: number,
  ): void {
    const { client, server, exchange } = said;
    if (client === server) return;
    const outcome = outcomeFor(exchange, said.outcome);
    const isFar = isOutside(client) || isOutside(server);
    const [median, sigma] = isFar ? FAR_ROUND_TRIP_MS : NEAR_ROUND_TRIP_MS;
    const hasPorts = exchange.port !== 0;
    const conversation = drawConversation(
      {
        key: mix(plan.seed, minuteNow, made++),
        startMs,
        client,
        server,
        clientPort: hasPorts ? (exchange.clientPort ?? ephemeralPort(client)) : 0,
        exchange,
        outcome,
        roundTripMs: random.around(median, sigma),
        isIpv6: !isIpv4(plan.addresses, client * 16),
      },
      random,
    );
    emit(conversation);
    if (outcome === "refused" && exchange.protocol === IP_PROTOCOL.udp) {
      const notice: Exchange = {
        protocol: IP_PROTOCOL.icmp,
        port: 0,
        up: [36, 0],
        down: [0, 0],
        durationMs: [0, 0],
        icmpNotice: PORT_UNREACHABLE,
      };
      const atMs = startMs + conversation.roundTripMs;
      beginOne(atMs, { client: server, server: client, exchange: notice, outcome: "answered" }, 0);
    }
    if ((outcome !== "answered" && outcome !== "reset") || depth === 0) return;
    plan.reactions.get(server)?.(
      {
        startMs,
        client,
        server,
        exchange,
        upBytes: conversation.up.payloadBytes,
        downBytes: conversation.down.payloadBytes,
        durationMs: conversation.endMs - conversation.startMs,
      },
      random,
      followUp(depth - 1),
    );
  }

  function isOutside(endpoint: EndpointId): boolean {
    return plan.zones[endpoint] === plan.outsideZone;
  }

  function runActivity(activity: Activity): void {
    const factor = activity.rhythm?.(minuteNow) ?? 1;
    if (factor <= 0) return;
    let count: number;
    let overMs = MINUTE_MS;
    if (activity.everyMinutes === undefined) count = random.poisson(((activity.perHour ?? 0) / 60) * factor);
    else {
      if (minuteNow % activity.everyMinutes !== (activity.atMinute ?? 0) % activity.everyMinutes) return;
      count = activity.burst ?? 1;
      overMs = (activity.overSeconds ?? 60) * 1_000;
    }
    const minuteMs = plan.dayStartMs + minuteNow * MINUTE_MS;
    for (let i = 0; i < count; i++) {
      const client = pickOf(activity.client, random);
      const server = pickOf(activity.server, random);
      const exchange =
        typeof activity.exchange === "function" ? activity.exchange(random) : activity.exchange;
      const outcome = activity.outcome?.(server, exchange, random) ?? drawOutcome(activity.mishaps, random);
      beginOne(minuteMs + random.next() * overMs, { client, server, exchange, outcome }, MOST_IN_A_CHAIN);
    }
  }

  return {
    minute(minute, onConversation) {
      minuteNow = minute;
      made = 0;
      emit = onConversation;
      portsUsed.fill(0);
      for (let i = 0; i < plan.activities.length; i++) {
        random.seek(minute, i);
        runActivity(plan.activities[i]);
      }
    },
  };
}

function pickOf(pick: Activity["client"], random: Random): EndpointId {
  return typeof pick === "function" ? pick(random) : pick;
}

function drawOutcome(mishaps: Mishaps | undefined, random: Random): Outcome {
  if (mishaps === undefined) return "answered";
  let drawn = random.next();
  for (const outcome of ["unanswered", "refused", "reset"] as const) {
    drawn -= mishaps[outcome] ?? 0;
    if (drawn < 0) return outcome;
  }
  return "answered";
}

/** What never gets an answer by its nature is not unanswered by mishap; only TCP resets. */
function outcomeFor(exchange: Exchange, outcome: Outcome): Outcome {
  if (outcome === "reset" && exchange.protocol !== IP_PROTOCOL.tcp) return "answered";
  if (
    outcome === "refused" &&
    exchange.protocol !== IP_PROTOCOL.tcp &&
    exchange.protocol !== IP_PROTOCOL.udp
  ) {
    return "unanswered";
  }
  return outcome;
}
