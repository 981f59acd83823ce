import type { Domain } from "./domain.ts";

/** A data set that came before its template, with what of its datagram is needed to decode it. */
export interface WaitingSet {
  readonly bytes: Uint8Array;
  readonly exportMs: number;
  /** -1 in IPFIX. */
  readonly uptimeMs: number;
  readonly sequence: number;
  readonly receivedAtMs: number;
  readonly port: number;
  /** When `expire` first saw it; -1 before that. */
  seenAtMs: number;
}

export interface WaitingLimits {
  readonly bytesPerExporter: number;
  readonly bytes: number;
  readonly setsPerExporter: number;
  readonly ms: number;
}

/** A set that waited longer is of another time than its template. */
const WAITING_MS = 60_000;

export const WAITING_LIMITS: WaitingLimits = {
  bytesPerExporter: 262_144,
  bytes: 16_777_216,
  setsPerExporter: 512,
  ms: WAITING_MS,
};

/** Sets that wait for their template, bounded in bytes, number and time. What is not kept is counted by the caller. */
export interface WaitingSets {
  /** Whether a set of so many bytes may be held: asked before it is copied. */
  hasRoom(domain: Domain, bytes: number): boolean;
  hold(domain: Domain, templateId: number, set: WaitingSet): void;
  /** Takes out those that wait for this template, in the order they came, and drops those that are too old. */
  release(
    domain: Domain,
    templateId: number,
    nowMs: number,
  ): { readonly released: readonly WaitingSet[]; readonly dropped: number };
  /** Forgets sets that a call saw longer ago than they may wait; returns how many. By the clock of the caller. */
  expire(domain: Domain, nowMs: number): number;
}

export function createWaitingSets(limits: WaitingLimits): WaitingSets {
  let bytes = 0;

  const forget = (domain: Domain, set: WaitingSet) => {
    bytes -= set.bytes.length;
    domain.exporter.domains.waitingBytes -= set.bytes.length;
    domain.exporter.domains.waitingSets--;
  };

  return {
    hasRoom(domain, length) {
      const { domains } = domain.exporter;
      return (
        bytes + length <= limits.bytes &&
        domains.waitingBytes + length <= limits.bytesPerExporter &&
        domains.waitingSets < limits.setsPerExporter
      );
    },

    hold(domain, templateId, set) {
      const { domains } = domain.exporter;
      const { length } = set.bytes;
      bytes += length;
      domains.waitingBytes += length;
      domains.waitingSets++;
      const others = domain.waiting.get(templateId);
      if (others === undefined) domain.waiting.set(templateId, [set]);
      else others.push(set);
    },

    release(domain, templateId, nowMs) {
      const sets = domain.waiting.get(templateId);
      if (sets === undefined) return { released: [], dropped: 0 };
      domain.waiting.delete(templateId);
      for (const set of sets) forget(domain, set);
      const released = sets.filter((set) => nowMs - set.receivedAtMs <= limits.ms);
      return { released, dropped: sets.length - released.length };
    },

    expire(domain, nowMs) {
      let expired = 0;
      for (const [id, sets] of domain.waiting) {
        const kept = sets.filter((set) => {
          if (set.seenAtMs < 0) set.seenAtMs = nowMs;
          const isKept = nowMs - set.seenAtMs <= limits.ms;
          if (!isKept) forget(domain, set);
          return isKept;
        });
        expired += sets.length - kept.length;
        if (kept.length === 0) domain.waiting.delete(id);
        else domain.waiting.set(id, kept);
      }
      return expired;
    },
  };
}
