import { AssetListQuery, ImportQuery } from "@flowlens/contract";
import fc from "fast-check";
import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { RequestError } from "../errors.ts";
import { readParameters } from "./read-parameters.ts";

function refusalOf(read: () => unknown): RequestError {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError);
    return error as RequestError;
  }
  throw new Error("nothing was refused");
}

describe("parameters", () => {
  it("are read as their schema says", () => {
    const given = {
      network: "office",
      type: "server,database",
      method: ["ml", "manual,rule"],
      min_confidence: "0.5",
      locked: "true",
      confirmed: "false",
      limit: "10",
      search: "1,2",
    };
    expect(readParameters(AssetListQuery, given)).toEqual({
      network: "office",
      type: ["server", "database"],
      method: ["ml", "manual", "rule"],
      min_confidence: 0.5,
      locked: true,
      confirmed: false,
      limit: 10,
      search: "1,2",
    });
  });

  it("that have been read already stay as they are, and absent ones stay absent", () => {
    expect(readParameters(AssetListQuery, { limit: 5, type: ["server"], search: undefined })).toEqual({
      limit: 5,
      type: ["server"],
    });
  });

  it.each([
    ["limit", "1e2"],
    ["limit", "0x10"],
    ["limit", " 5"],
    ["limit", "5.0"],
    ["limit", ""],
    ["limit", "99999999999999999999"],
    ["min_confidence", "Infinity"],
    ["min_confidence", "NaN"],
    ["min_confidence", ".5"],
    ["locked", "1"],
    ["locked", "TRUE"],
    ["locked", ""],
  ])("with another spelling of a number or truth value are refused: %s=%j", (name, text) => {
    const refusal = refusalOf(() => readParameters(AssetListQuery, { [name]: text }));
    expect(refusal).toMatchObject({ code: "PARAMETER_INVALID", fields: [{ in: "query", field: name }] });
    expect(refusal.message).toContain(name);
  });

  it("at fault are all named", () => {
    const refusal = refusalOf(() =>
      readParameters(AssetListQuery, { limit: "0", sort: "colour", order: "up" }),
    );
    expect(refusal.fields.map(({ field }) => field)).toEqual(["limit", "sort", "order"]);
    expect(refusal.fields.map(({ message }) => message)).toEqual([
      'must be 1 to 1000, not "0"',
      expect.stringMatching(/^must be one of address, name, type, .*, not "colour"$/),
      'must be one of asc, desc, not "up"',
    ]);
  });

  it("that nobody knows are refused with the name that was probably meant", () => {
    expect(refusalOf(() => readParameters(AssetListQuery, { min_confidnce: "1" }))).toMatchObject({
      code: "PARAMETER_UNKNOWN",
      message: expect.stringContaining("did you mean min_confidence?"),
      fields: [{ in: "query", field: "min_confidnce" }],
    });
    const nothing = Type.Object({}, { additionalProperties: false });
    expect(refusalOf(() => readParameters(nothing, { verbose: "1" })).message).toContain(
      "There are none here.",
    );
  });

  it("given twice where one is meant are refused", () => {
    expect(refusalOf(() => readParameters(AssetListQuery, { network: ["a", "b"] })).fields[0].message).toBe(
      'is given more than once, not "a, b"',
    );
  });

  it("that must be there are missed", () => {
    const schema = Type.Object({ id: Type.Integer() });
    expect(refusalOf(() => readParameters(schema, {}, "path")).fields).toEqual([
      { in: "path", field: "id", message: "must be given" },
    ]);
  });

  it("named like what every object has are unknown, not read", () => {
    for (const name of ["constructor", "toString", "hasOwnProperty"]) {
      expect(refusalOf(() => readParameters(AssetListQuery, { [name]: "1" })).code).toBe("PARAMETER_UNKNOWN");
    }
  });

  it("of any text either fit the schema or are refused with a sentence that is not long", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(AssetListQuery.properties)),
        fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.array(fc.string(), { maxLength: 3 })),
        (name, text) => {
          try {
            const [value] = Object.values(readParameters(AssetListQuery, { [name]: text }));
            expect(value).toBeDefined();
          } catch (error) {
            expect(error).toBeInstanceOf(RequestError);
            expect((error as RequestError).message.length).toBeLessThan(500);
          }
        },
      ),
    );
  });

  it("that would break a line of the log or the list of imports are refused", () => {
    for (const name of ["a\nb", "a\u0000", "\u007f", "\u0085"]) {
      expect(refusalOf(() => readParameters(ImportQuery, { name })).fields[0].field).toBe("name");
    }
    expect(readParameters(ImportQuery, { name: "Büro, 東京 🏢.pcap" })).toEqual({
      name: "Büro, 東京 🏢.pcap",
    });
  });
});
