import { INITIATOR, TCP_FLAG } from "@flowlens/flow";

/**
 * What a TCP packet's flags and the other direction's record say of who opened the conversation, for a record
 * that does not know yet.
 *
 * The other direction goes first: of two crossing SYNs (simultaneous open, RFC 9293 §3.5) the earlier counts,
 * and a record that begins after the handshake, because the one before was cut, is not left without an answer
 * that the meter still has.
 *
 * @param tcpFlags of this packet
 * @param reverseInitiator of the open record of the other direction, `INITIATOR.unknown` when there is none
 */
export function initiatorFrom(tcpFlags: number, reverseInitiator: number): number {
  if (reverseInitiator === INITIATOR.sourceSeen) return INITIATOR.destinationSeen;
  if (reverseInitiator === INITIATOR.destinationSeen) return INITIATOR.sourceSeen;
  if ((tcpFlags & TCP_FLAG.syn) === 0) return INITIATOR.unknown;
  return (tcpFlags & TCP_FLAG.ack) === 0 ? INITIATOR.sourceSeen : INITIATOR.destinationSeen;
}
