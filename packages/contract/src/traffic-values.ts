import { Type } from "typebox";
import { Count, Moment } from "./values.ts";

/** The period that a question about traffic is about; what is left out has the default that the route names. */
export const PERIOD_FIELDS = {
  from: Type.Optional({ ...Moment, description: "Traffic at or after this moment." }),
  to: Type.Optional({ ...Moment, description: "Traffic before this moment." }),
};

/** What an answer says of the period it is about. */
export const PERIOD_ANSWER = { period_from: Moment, period_to: Moment };

export const Side = Type.Enum(["client", "server"], { description: "The part that the host had in it." });

export const ProtocolNumber = Type.Integer({
  minimum: 0,
  maximum: 255,
  description: "IP protocol number.",
  examples: [6, 17],
});

export const Port = Type.Integer({
  minimum: 0,
  maximum: 65_535,
  description: "0 for protocols without ports.",
});

export const ServiceName = Type.String({ description: "As people write it.", examples: ["443/tcp"] });

export const HostAddress = Type.String({
  minLength: 2,
  maxLength: 45,
  description: "Address of a host.",
  examples: ["10.1.2.3", "2001:db8::1"],
});

export const HostAddressOrRange = Type.String({
  minLength: 2,
  maxLength: 49,
  description: "An address or a range.",
  examples: ["10.1.2.3", "10.1.0.0/16"],
});

/** What two sides exchanged, as one of them saw it. */
export const EXCHANGE_FIELDS = {
  conversations: Type.Integer({ minimum: 0, description: "Accepted." }),
  bytes_in: Type.Integer({ minimum: 0, description: "Received; scaled by the sampling rate." }),
  bytes_out: Type.Integer({ minimum: 0, description: "Sent; scaled by the sampling rate." }),
  unanswered: Type.Integer({ minimum: 0, description: "Attempts that nobody answered." }),
  refused: Type.Integer({ minimum: 0, description: "Attempts that were answered by a reset only." }),
};

export const SEEN_FIELDS = { first_seen: Moment, last_seen: Moment };

/** `limit` of an answer that is not paged: the first so many, in the order that the route names. */
export function topLimit(most: number, otherwise: number) {
  return Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: otherwise }));
}

export const TOTAL = { ...Count, description: "How many there are without the limit." };

export const Cursor = Type.String({
  minLength: 1,
  maxLength: 2_000,
  description: "next_cursor of the page before.",
});

export const NextCursor = Type.String({
  description: "Give it as cursor for the next page; null on the last.",
});
