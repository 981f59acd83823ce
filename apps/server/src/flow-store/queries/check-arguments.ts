import { parseAddress } from "@flowlens/flow";
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
