import { formatAddress, parseAddress, parseAddressRange } from "@flowlens/flow";
import { invalidParameter } from "./read-parameters.ts";

/** The address as it is written everywhere. @throws RequestError PARAMETER_INVALID when the text is none */
export function hostAddress(field: string, text: string): string {
  const bytes = parseAddress(text);
  if (bytes !== undefined) return formatAddress(bytes);
  throw invalidParameter(
    field,
    `must be an address like 10.1.2.3 or 2001:db8::1, not ${JSON.stringify(text)}`,
  );
}

/** @throws RequestError PARAMETER_INVALID when the text is neither an address nor a range */
export function addressOrRange(field: string, text: string): string {
  if (parseAddressRange(text) !== undefined) return text;
  throw invalidParameter(
    field,
    `must be an address or a range like 10.1.2.3, 10.0.0.0/8 or fd00::/8, not ${JSON.stringify(text)}`,
  );
}
