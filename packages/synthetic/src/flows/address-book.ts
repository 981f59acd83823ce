import { ADDRESS_BYTES, parseAddressInto } from "@flowlens/flow";

/** Addresses by number, so that a conversation names its ends by two numbers. */
export interface AddressBook {
  readonly bytes: Uint8Array;
  readonly size: number;
}

/** @throws RangeError naming the text that is no address */
export function createAddressBook(addresses: readonly string[]): AddressBook {
  const bytes = new Uint8Array(addresses.length * ADDRESS_BYTES);
  for (const [i, address] of addresses.entries()) {
    if (!parseAddressInto(address, bytes, i * ADDRESS_BYTES)) throw new RangeError(`${address} is no address.`);
  }
  return { bytes, size: addresses.length };
}
