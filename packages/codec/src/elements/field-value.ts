import { formatAddress } from "@flowlens/flow";
import { isoTime } from "../record-json/iso-time.ts";

/** Texts and byte strings longer than this are cut: a record is for people. */
const MAX_SHOWN_BYTES = 1_024;
/** Seconds from 1900 (NTP) to 1970. */
const NTP_TO_UNIX_S = 2_208_988_800n;

const utf8 = new TextDecoder();

/**
 * The value of a field for people: numbers as numbers (as text above 2^53), addresses, MAC addresses and times in their
 * usual text, strings without their padding, everything else hexadecimal. A length that does not fit the type shows bytes.
 */
export function fieldValue(bytes: Uint8Array, at: number, length: number, type: string): number | string {
  switch (type) {
    case "ipv4Address":
      return length === 4 ? bytes.subarray(at, at + 4).join(".") : hex(bytes, at, length);
    case "ipv6Address":
      return length === 16 ? formatAddress(bytes.slice(at, at + 16)) : hex(bytes, at, length);
    case "macAddress":
      return hex(bytes, at, length, ":");
    case "string":
      return textOf(bytes, at, length);
    case "octetArray":
    case "basicList":
    case "subTemplateList":
    case "subTemplateMultiList":
      return hex(bytes, at, length);
    case "dateTimeSeconds":
      return length <= 8 ? isoTime(Number(unsigned(bytes, at, length)) * 1000) : hex(bytes, at, length);
    case "dateTimeMilliseconds":
      return length <= 8 ? isoTime(Number(unsigned(bytes, at, length))) : hex(bytes, at, length);
    case "dateTimeMicroseconds":
    case "dateTimeNanoseconds":
      return length === 8
        ? ntpText(bytes, at, type === "dateTimeMicroseconds" ? 6 : 9)
        : hex(bytes, at, length);
    case "float32":
    case "float64":
      return length === 4 || length === 8 ? float(bytes, at, length) : hex(bytes, at, length);
    case "signed8":
    case "signed16":
    case "signed32":
    case "signed64":
      return length <= 8
        ? numberOf(BigInt.asIntN(length * 8, unsigned(bytes, at, length)))
        : hex(bytes, at, length);
    case "":
      return guess(bytes, at, length);
    default:
      return length <= 8 ? numberOf(unsigned(bytes, at, length)) : hex(bytes, at, length);
  }
}

/** A field whose type nobody told: up to 8 bytes a number, more of them text where they are, else bytes. */
function guess(bytes: Uint8Array, at: number, length: number): number | string {
  if (length <= 8) return numberOf(unsigned(bytes, at, length));
  let end = at + length;
  while (end > at && bytes[end - 1] === 0) end--;
  for (let i = at; i < end; i++) if (bytes[i] < 0x20 || bytes[i] > 0x7e) return hex(bytes, at, length);
  return end === at ? hex(bytes, at, length) : textOf(bytes, at, length);
}

function unsigned(bytes: Uint8Array, at: number, length: number): bigint {
  let value = 0n;
  for (let i = at; i < at + length; i++) value = (value << 8n) | BigInt(bytes[i]);
  return value;
}

function numberOf(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function float(bytes: Uint8Array, at: number, length: number): number | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, length);
  const value = length === 8 ? view.getFloat64(0) : view.getFloat32(0);
  // JSON has neither infinities nor NaN.
  return Number.isFinite(value) ? value : String(value);
}

/** ISO 8601 with the fraction in so many digits. */
function ntpText(bytes: Uint8Array, at: number, digits: number): string {
  const seconds = unsigned(bytes, at, 4) - NTP_TO_UNIX_S;
  const fraction = (unsigned(bytes, at + 4, 4) * 10n ** BigInt(digits)) >> 32n;
  return isoTime(Number(seconds) * 1000).replace(/\.\d+Z$/, `.${fraction.toString().padStart(digits, "0")}Z`);
}

/** UTF-8 up to the first zero byte (RFC 7011 §6.1.6; exporters pad with zeros). */
function textOf(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + Math.min(length, MAX_SHOWN_BYTES));
  const zero = field.indexOf(0);
  return utf8.decode(zero < 0 ? field : field.subarray(0, zero));
}

function hex(bytes: Uint8Array, at: number, length: number, separator = ""): string {
  const shown = Array.from(bytes.subarray(at, at + Math.min(length, MAX_SHOWN_BYTES)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join(separator);
  return length > MAX_SHOWN_BYTES ? `${shown}…` : shown;
}
