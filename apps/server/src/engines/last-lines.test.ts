import fc from "fast-check";
import { expect, it } from "vitest";
import { createLastLines } from "./last-lines.ts";

it("keeps the last lines, however the text is cut into chunks", () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 9 })),
      (words, cuts) => {
        const lines = createLastLines(5);
        let rest = words.map((word) => `${word}\n`).join("");
        for (const cut of cuts) {
          lines.push(rest.slice(0, cut));
          rest = rest.slice(cut);
        }
        lines.push(Buffer.from(rest));
        expect(lines.text()).toBe(words.slice(-5).join("\n"));
      },
    ),
  );
});

it("stays small when a program writes without end and without a line end", () => {
  const lines = createLastLines(3);
  for (let i = 0; i < 1_000; i++) lines.push("x".repeat(10_000));
  lines.push("end");
  expect(lines.text().length).toBeLessThanOrEqual(2_003);
  expect(lines.text()).toMatch(/xend$/);
});

it("shows a last line that was not finished", () => {
  const lines = createLastLines();
  lines.push("one\ntwo");
  expect(lines.text()).toBe("one\ntwo");
});
