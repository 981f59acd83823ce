import { examineMachine } from "#app";
import { defineCommand } from "citty";
import { EXIT } from "../exit-code.ts";
import { writeOut } from "../output/write.ts";
import { DATA_ARGS, settingsFor } from "../settings.ts";

const MARKS = { ok: "ok     ", warning: "warning", problem: "PROBLEM" } as const;

export const doctorCommand = defineCommand({
  meta: { name: "doctor", description: "Check Node, clock, disk, ports and engines, and say what to do" },
  args: { json: { type: "boolean", description: "Print the findings as JSON" }, ...DATA_ARGS },
  async run({ args }) {
    const { dataDirectory, values } = settingsFor(args);
    const findings = await examineMachine(
      { dataDirectory, engines: values.engines, httpPort: values.api.port },
      (finding) => {
        if (args.json !== true)
          process.stdout.write(`${MARKS[finding.state]}  ${finding.check}: ${finding.sentence}\n`);
      },
    );
    if (args.json === true) await writeOut(`${JSON.stringify({ findings })}\n`);
    return findings.some((finding) => finding.state === "problem") ? EXIT.refused : EXIT.ok;
  },
});
