import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCursor, encodeCursor } from "./cursor.ts";

describe("a cursor", () => {
  it("gives back the place it was made of", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.maxSafeNat(), (value, id) => {
        expect(decodeCursor("assets name asc", encodeCursor("assets name asc", { value, id }))).toEqual({
          value,
          id,
        });
      }),
    );
  });

  it("needs no escaping in a URL", () => {
    expect(encodeCursor("assets name asc", { value: "ÿþ/+?=&", id: 1 })).toMatch(/^[\w-]+$/);
  });

  it("of another order is refused, and says what to do", () => {
    const cursor = encodeCursor("assets name asc", { value: "a", id: 1 });
    expect(() => decodeCursor("assets name desc", cursor)).toThrow(
      expect.objectContaining({
        code: "METADATA_STORE_BAD_CURSOR",
        message: expect.stringMatching(/another order.*Ask for the first page/) as string,
      }),
    );
  });

  it("that somebody made up is refused, whatever it is", () => {
    const madeUp = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString("base64url")),
      fc
        .anything()
        .map((value) =>
          Buffer.from(JSON.stringify(["assets name asc", value, 1.5]) ?? "").toString("base64url"),
        ),
    );
    fc.assert(
      fc.property(madeUp, (cursor) => {
        expect(() => decodeCursor("assets name asc", cursor)).toThrow(
          expect.objectContaining({ code: "METADATA_STORE_BAD_CURSOR" }),
        );
      }),
    );
  });
});
