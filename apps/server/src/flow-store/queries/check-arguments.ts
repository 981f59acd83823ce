import { parseAddress, parseAddressRange, type AddressRange } from "@flowlens/flow";
import { FlowStoreError } from "../errors.ts";

/** @throws FLOW_STORE_BAD_ARGUMENT where the text is no address */
export function addressOf(text: string): Uint8Array {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  throw new FlowStoreError(
    "FLOW_STORE_BAD_ARGUMENT",
    `"${text}" is not an IP address. Name hosts by address.`,
  );
}

/** @throws FLOW_STORE_BAD_ARGUMENT where the text is neither an address nor a range */
export function rangeOf(text: string): AddressRange {
  const range = parseAddressRange(text);
  if (range !== undefined) return range;
  throw new FlowStoreError(
    "FLOW_STORE_BAD_ARGUMENT",
    `"${text}" is neither an IP address nor a range such as 10.0.0.0/8.`,
  );
}

/** @throws FLOW_STORE_BAD_ARGUMENT where the name is no IANA time zone */
export function checkTimeZone(timeZone: string): void {
  try {
    Intl.DateTimeFormat("en", { timeZone });
  } catch (cause) {
    throw new FlowStoreError(
      "FLOW_STORE_BAD_ARGUMENT",
      `"${timeZone}" is not a time zone. Use a name such as Europe/Berlin or UTC.`,
      { cause },
    );
  }
}

const MOST_AT_ONCE = 10_000;

/** @throws FLOW_STORE_BAD_ARGUMENT where it is no number of entries that one answer may have */
export function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_AT_ONCE) return limit;
  throw new FlowStoreError(
    "FLOW_STORE_BAD_ARGUMENT",
    `An answer has 1 to ${MOST_AT_ONCE} entries, not ${limit}.`,
  );
}
