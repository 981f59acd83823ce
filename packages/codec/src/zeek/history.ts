import { INITIATOR, TCP_FLAG } from "@flowlens/flow";
import type { ConnHistory } from "./conn-record.ts";

const { fin, syn, rst, psh, ack } = TCP_FLAG;

/**
 * TCP flags that a history letter stands for (Zeek, base/protocols/conn, `history`): upper case the originator's
 * packets, lower case the responder's. Zeek names only what is special about a packet; what TCP requires beside it
 * is added: a SYN-ACK, FIN or data packet carries ACK, pushed data PSH. A reset is left bare, so that a refusal can
 * be told from an answer. C (bad checksum) and G (gap) say nothing of flags; I is FIN and RST, Q is SYN and more.
 */
const FLAGS_OF_LETTER = new Uint8Array(256);
for (const [letter, flags] of [
  ["S", syn],
  ["H", syn | ack],
  ["A", ack],
  ["D", psh | ack],
  ["F", fin | ack],
  ["R", rst],
  ["T", psh | ack],
  ["W", ack],
  ["I", fin | rst],
  ["Q", syn],
] as const) {
  FLAGS_OF_LETTER[letter.charCodeAt(0)] = flags;
}

const UPPER_S = 0x53;
const UPPER_H = 0x48;
const GAP = 0x47;

/**
 * Reads the history in bytes [start, end). Who opened is *seen* when a SYN was seen, or failing that a SYN-ACK: its
 * receiver opened. Zeek flips originator and responder ("^") when the first packet looks like the server's, and
 * the letters after it are of the flipped roles, so a SYN among them counts as any; without a SYN or SYN-ACK the
 * originator is only claimed.
 */
export function readHistory(bytes: Uint8Array, start: number, end: number, into: ConnHistory): void {
  let origFlags = 0;
  let respFlags = 0;
  let origLetters = 0;
  let respLetters = 0;
  let synFrom = 0;
  let synAckFrom = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    const upper = byte & 0xdf;
    if (upper < 0x41 || upper > 0x5a) continue;
    const isOrig = byte === upper;
    // A gap is what was not seen.
    const seen = upper === GAP ? 0 : 1;
    if (isOrig) {
      origFlags |= FLAGS_OF_LETTER[upper];
      origLetters += seen;
    } else {
      respFlags |= FLAGS_OF_LETTER[upper];
      respLetters += seen;
    }
    if (upper === UPPER_S && synFrom === 0) synFrom = isOrig ? 1 : -1;
    else if (upper === UPPER_H && synAckFrom === 0) synAckFrom = isOrig ? 1 : -1;
  }
  into.origFlags = origFlags;
  into.respFlags = respFlags;
  into.origLetters = origLetters;
  into.respLetters = respLetters;
  const openedBy = synFrom === 0 ? -synAckFrom : synFrom;
  if (openedBy === 0) into.initiator = INITIATOR.sourceClaimed;
  else into.initiator = openedBy > 0 ? INITIATOR.sourceSeen : INITIATOR.destinationSeen;
}

/** The history that a connection state implies at least, for logs that have no history (or "-" there). */
const HISTORY_OF_STATE: ReadonlyMap<string, Uint8Array> = new Map(
  Object.entries({
    S0: "S",
    S1: "ShA",
    SF: "ShADadFf",
    REJ: "Sr",
    S2: "ShADadF",
    S3: "ShADadf",
    RSTO: "ShADadR",
    RSTR: "ShADadr",
    RSTOS0: "SR",
    RSTRH: "hr",
    SH: "SF",
    SHR: "hf",
  }).map(([state, history]) => [state, Uint8Array.from(history, (letter) => letter.charCodeAt(0))]),
);

const NO_HISTORY = new Uint8Array(0);

/** The history of TCP state `state` as bytes; empty for a state that implies none. */
export function historyOfState(state: string): Uint8Array {
  return HISTORY_OF_STATE.get(state) ?? NO_HISTORY;
}

/** For what is not TCP and has no history: nobody's letters, the originator claimed. */
export function clearHistory(into: ConnHistory): void {
  readHistory(NO_HISTORY, 0, 0, into);
}
