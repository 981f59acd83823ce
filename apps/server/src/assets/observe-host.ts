import { FEATURES_V1, hostVector, vectorToJson } from "@flowlens/features";
import { classify, type HeuristicThresholds } from "@flowlens/heuristics";
import type { CountedHost } from "#flow-store";
import type { AssetObservation, AssetStanding } from "#metadata-store";
import { settleType } from "./settle-type.ts";

export interface LookBack {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ObserveOptions {
  readonly period: LookBack;
  /** When the host was first seen at all, ms since 1970; the counts know only of the look-back. */
  readonly firstSeenMs: number;
  readonly thresholds: HeuristicThresholds;
  /** What is in force for the host, if it is an asset already. */
  readonly standing: AssetStanding | undefined;
}

/** What is to be recorded of a host: its traffic, what stands behind the engine's answer, and the type in force. */
export function observeHost(host: CountedHost, options: ObserveOptions): AssetObservation {
  const { counts } = host;
  const answer = classify(counts, { internal: host.isInternal, thresholds: options.thresholds });
  const conversations = counts.inboundConversations + counts.outboundConversations;
  const { standing } = options;
  const settled = settleType(standing, {
    type: answer.type,
    confidence: answer.confidence,
    confidenceOfStanding: scoreOf(answer.scores, standing?.type),
    enoughTraffic: conversations >= options.thresholds.minConversations,
    // Ends of look-backs are ends of windows, so a later one is later by five minutes at least.
    counts: options.period.toMs > (standing?.describedTo?.getTime() ?? 0),
  });
  const engine = {
    type: answer.type,
    confidence: answer.confidence,
    method: answer.method,
    runnerUp:
      answer.runnerUp === null ? null : { type: answer.runnerUp.type, confidence: answer.runnerUp.score },
    role: answer.role === "unknown" ? null : { type: answer.role, confidence: answer.roleConfidence },
    modelVersion: null,
  };
  const keepsStanding =
    settled.inForce === "standing" && standing !== undefined && standing.method !== "manual";
  return {
    address: host.address,
    internal: host.isInternal,
    firstSeen: new Date(options.firstSeenMs),
    lastSeen: new Date(counts.lastSeenMs),
    conversations,
    bytesIn: counts.bytesIn,
    bytesOut: counts.bytesOut,
    clients: counts.clients,
    servers: counts.servers,
    servedEndpoints: counts.topServedPorts.map(({ protocol, port, clients }) => ({
      protocol,
      port,
      clients,
    })),
    maxSamplingRate: counts.maxSamplingRate,
    evidence: {
      periodFrom: new Date(options.period.fromMs),
      periodTo: new Date(options.period.toMs),
      counts,
      vector: vectorToJson(hostVector(counts)),
      featureVersion: FEATURES_V1.version,
      reasons: answer.signals,
      missing: answer.missing,
    },
    engine,
    decision: keepsStanding
      ? { type: standing.type, confidence: standing.confidence, method: methodOf(standing) }
      : { type: answer.type, confidence: answer.confidence, method: answer.method },
    challenger: settled.challenger,
  };
}

function scoreOf(scores: Readonly<Record<string, number>>, type: string | undefined): number {
  return type === undefined ? 0 : (scores[type] ?? 0);
}

function methodOf(standing: AssetStanding): "heuristic" | "ml" | "rule" | "none" {
  return standing.method === "manual" ? "none" : standing.method;
}
