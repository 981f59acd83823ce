import { describe, expect, it } from "vitest";
import { elementOf, fieldValue } from "./index.ts";

const value = (hex: string, type: string) => {
  const bytes = new Uint8Array(Buffer.from(`ff${hex}ff`, "hex"));
  return fieldValue(bytes, 1, bytes.length - 2, type);
};

describe("an information element", () => {
  it("has IANA's name and type, a vendor's name, or its numbers", () => {
    expect(elementOf(8, 0)).toEqual({ name: "source_ipv4_address", type: "ipv4Address", isKnown: true });
    expect(elementOf(491, 0)).toMatchObject({ type: "basicList" });
    expect(elementOf(57_590, 0).name).toBe("l7_proto");
    expect(elementOf(118, 35_632).name).toBe("l7_proto");
    expect(elementOf(40_000, 0)).toMatchObject({ name: "username", type: "string" });
    expect(elementOf(60_000, 0)).toEqual({ name: "element_60000", type: "", isKnown: false });
    expect(elementOf(5, 99_999)).toMatchObject({ name: "pen99999_5", isKnown: false });
    expect(elementOf(5, 99_999, { name: "RuleName", type: 13 })).toMatchObject({
      name: "rule_name",
      type: "string",
    });
  });

  it("is shown by its type", () => {
    expect(value("c0000201", "ipv4Address")).toBe("192.0.2.1");
    expect(value("20010db8000000000000000000000001", "ipv6Address")).toBe("2001:db8::1");
    expect(value("001b21010203", "macAddress")).toBe("00:1b:21:01:02:03");
    expect(value("7465737400000000", "string")).toBe("test");
    expect(value("0102", "octetArray")).toBe("0102");
    expect(value("ff", "signed32")).toBe(-1);
    expect(value("0102", "unsigned32")).toBe(258);
    expect(value("3fe0000000000000", "float64")).toBe(0.5);
    expect(value("7f800000", "float32")).toBe("Infinity");
    expect(value("6553f100", "dateTimeSeconds")).toBe("2023-11-14T22:13:20.000Z");
    expect(value("e8fe6f8080000000", "dateTimeMicroseconds")).toBe("2023-11-14T22:13:20.500000Z");
    expect(value("e8fe6f8080000000", "dateTimeNanoseconds")).toBe("2023-11-14T22:13:20.500000000Z");
  });

  it("loses no digit above 2^53", () => {
    expect(value("0020000000000001", "unsigned64")).toBe("9007199254740993");
    expect(value("001fffffffffffff", "unsigned64")).toBe(2 ** 53 - 1);
  });

  it("of a length that does not fit its type is shown as bytes, and of no known type as what it looks like", () => {
    expect(value("c00002", "ipv4Address")).toBe("c00002");
    expect(value("00112233445566778899", "unsigned64")).toBe("00112233445566778899");
    expect(value("0005", "")).toBe(5);
    expect(value("48656c6c6f20776f726c6400", "")).toBe("Hello world");
    expect(value("48656c6c6f01776f726c6400", "")).toBe("48656c6c6f01776f726c6400");
    expect(value("", "unsigned8")).toBe(0);
  });
});
