/**
 * Lines of logs and what stands in them (numbers, times, addresses, protocols), read from bytes without making strings.
 * Not here: the layout of any one log (zeek/, csv/).
 */
export { parseAddressBytes } from "./address.ts";
export { afterByteOrderMark, asciiBytes, asciiText, equalsBytes, startsWithText } from "./ascii.ts";
export {
  createLineCounters,
  createLineDecoder,
  type BadLineReason,
  type LineCounters,
  type LineDecoderOptions,
  type LineFormat,
  type LineOutcome,
} from "./line-decoder.ts";
export { parseCount, parseSecondsToMicros, parseUnsigned } from "./numbers.ts";
export { parseProtocol } from "./protocol.ts";
export { MAX_TIME_MICROS, parseTimeToMicros } from "./time.ts";
