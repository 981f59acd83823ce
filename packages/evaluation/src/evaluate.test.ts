import { describe, expect, test } from "vitest";
import { evaluate, hostLine, labelledHosts, truthOf, type EvaluationRow, type LabelRow } from "./index.ts";

let address = 0;

function row(labelRole: string, answerCore: string, more: Partial<EvaluationRow> = {}): EvaluationRow {
  address++;
  return {
    file: "a.pcap",
    network: "a",
    ip: `10.0.0.${address}`,
    labelRole,
    kind: "doc",
    labelFlows: 20,
    answerCore,
    answerRole: answerCore,
    confidence: 0.75,
    conversations: 150,
    ...more,
  };
}

const only = (heuristics: readonly EvaluationRow[]) =>
  evaluate({ blend: null, model: null, port_table: null, heuristics }, { seed: 1 });

describe("headline figures", () => {
  // 8 hosts: 5 decided (3 right, 2 wrong), 3 blank; 3 without a core type, 2 of them left unknown.
  const rows = [
    row("database", "database"),
    row("domain_controller", "server", { answerRole: "directory_service" }),
    row("container", "virtual_machine"),
    row("storage", "server"),
    row("camera", "workstation", { answerRole: "ip_camera" }),
    row("printer", "unknown", { answerRole: "printer", confidence: 0.2, roleConfidence: 0.9 }),
    row("iot_device", "unknown"),
    row("workstation", "unknown"),
  ];

  test("at core level are as counted by hand", () => {
    expect(only(rows).by_kind.doc.core.heuristics).toMatchObject({
      hosts: 8,
      decided: 5 / 8,
      right_of_decided: 3 / 5,
      wrong_of_all: 2 / 8,
      right_less_wrong: 1 / 8,
      without_type: 3,
      unknown_right: 2 / 3,
    });
  });

  test("at role level take the finer words, where every host has a type", () => {
    expect(only(rows).by_kind.doc.role.heuristics).toMatchObject({
      hosts: 8,
      decided: 6 / 8,
      right_of_decided: 5 / 6,
      wrong_of_all: 1 / 8,
      without_type: 0,
      unknown_right: null,
    });
  });

  test("measure calibration over the decided with the confidence of their level", () => {
    const core = only(rows).by_kind.doc.core.heuristics;
    // Five at 0.75, 60 % right.
    expect(core?.ece).toBeCloseTo(0.15, 12);
    expect(core?.ece_band_90).toHaveLength(2);
    // Five at 0.75 of which four are right, one at 0.9 that is right.
    expect(only(rows).by_kind.doc.role.heuristics?.ece).toBeCloseTo((5 * 0.05 + 0.1) / 6, 12);
  });

  test("keep the kinds of label apart and leave inferred ones out", () => {
    const mixed = [
      row("server", "server"),
      row("server", "server", { kind: "protocol" }),
      row("server", "database", { kind: "external" }),
      row("hmi", "workstation", { kind: "inferred" }),
    ];
    const report = only(mixed);
    expect(report.by_kind.doc.core.heuristics?.hosts).toBe(1);
    expect(report.by_kind.protocol.core.heuristics?.right_of_decided).toBe(1);
    expect(report.by_kind.external.core.heuristics?.right_of_decided).toBe(0);
    expect(report.not_scored).toBe(1);
  });

  test("of hosts with enough flows stand beside those of all", () => {
    const report = only([
      row("server", "server", { labelFlows: 10 }),
      row("server", "database", { labelFlows: 9 }),
    ]);
    expect(report.by_kind.doc.core.heuristics?.right_of_decided).toBe(0.5);
    expect(report.by_kind_seen.doc.core.heuristics).toMatchObject({ hosts: 1, right_of_decided: 1 });
    expect(report.seen_min_flows).toBe(10);
  });

  test("are null where there is nothing to take a share of, and for a method that is not there", () => {
    const report = only([row("server", "unknown")]);
    expect(report.by_kind.doc.core.heuristics).toMatchObject({
      decided: 0,
      right_of_decided: null,
      wrong_of_all: 0,
      unknown_right: null,
      ece: null,
      ece_band_90: null,
    });
    expect(report.by_kind.external.core.heuristics).toMatchObject({ hosts: 0, decided: null });
    expect(report.by_kind.doc.core.model).toBeNull();
    expect(report.by_kind.doc.core.blend).toBeNull();
  });

  test("count the parent endpoint as right for devices without a core type and wrong for the rest", () => {
    const report = only([row("printer", "endpoint"), row("workstation", "endpoint"), row("plc", "unknown")]);
    expect(report.by_kind.doc.core.heuristics).toMatchObject({
      decided: 2 / 3,
      right_of_decided: 0.5,
      unknown_right: 1,
    });
  });

  test("have no calibration for a method without confidence", () => {
    expect(only([row("server", "server", { confidence: null })]).by_kind.doc.core.heuristics).toMatchObject({
      decided: 1,
      ece: null,
      ece_band_90: null,
    });
  });
});

describe("tables", () => {
  const rows = [
    row("server", "server"),
    row("dns_server", "server"),
    row("server", "database"),
    row("database", "server"),
    row("container", "virtual_machine"),
    row("camera", "unknown"),
  ];

  test("give precision and recall per type, container and virtual machine apart", () => {
    expect(only(rows).per_type.doc.core.heuristics).toEqual({
      container: { n: 1, answered: 0, right: 0, precision: null, recall: 0 },
      database: { n: 1, answered: 1, right: 0, precision: 0, recall: 0 },
      server: { n: 3, answered: 3, right: 2, precision: 2 / 3, recall: 2 / 3 },
      virtual_machine: { n: 0, answered: 1, right: 0, precision: 0, recall: null },
    });
  });

  test("give the confusion from truth to answer", () => {
    expect(only(rows).confusion.doc.core.heuristics).toEqual({
      server: { server: 2, database: 1 },
      database: { server: 1 },
      container: { virtual_machine: 1 },
      unknown: { unknown: 1 },
    });
  });

  test("give calibration bins over the decided only", () => {
    expect(only(rows).calibration.doc.core.heuristics?.map((bin) => bin.decided)).toEqual([
      0, 0, 0, 0, 0, 0, 0, 5, 0, 0,
    ]);
  });
});

describe("rows that do not fit", () => {
  test("a host named twice by a method is refused", () => {
    const twice = row("server", "server");
    expect(() => only([twice, { ...twice }])).toThrow(
      `The rows of heuristics name the host ${twice.ip} in a twice.`,
    );
  });

  test("methods that speak of different hosts are refused", () => {
    const both = {
      blend: null,
      model: null,
      heuristics: [row("server", "server")],
      port_table: [row("server", "server")],
    };
    expect(() => evaluate(both, { seed: 1 })).toThrow(
      "The rows of heuristics and of port_table are not about the same hosts.",
    );
  });

  test("a role word that has no place among the types is refused with the host", () => {
    expect(() => only([row("toaster", "server")])).toThrow('has the role "toaster"');
    expect(truthOf("constructor")).toBeUndefined();
  });
});

describe("labels", () => {
  const label = (more: Partial<LabelRow>): LabelRow => ({
    file: "a.pcap",
    network: "n",
    ip: "10.0.0.1",
    role: "server",
    kind: "external",
    flows: 3,
    ...more,
  });

  test("make one host of all lines about it, with its files and its most flows", () => {
    const { hosts, conflicts } = labelledHosts([
      label({}),
      label({ file: "b.pcap", flows: 9 }),
      label({ network: "m" }),
    ]);
    expect(hosts).toEqual([
      {
        network: "n",
        ip: "10.0.0.1",
        role: "server",
        kind: "external",
        files: ["a.pcap", "b.pcap"],
        flows: 9,
      },
      { network: "m", ip: "10.0.0.1", role: "server", kind: "external", files: ["a.pcap"], flows: 3 },
    ]);
    expect(conflicts).toEqual([]);
  });

  test("that differ are settled by the stronger kind, then the earlier line, and listed", () => {
    const { hosts, conflicts } = labelledHosts([
      label({ role: "cloud_service" }),
      label({}),
      label({ role: "camera", kind: "doc" }),
    ]);
    expect(hosts).toMatchObject([{ role: "camera", kind: "doc" }]);
    expect(conflicts.map((conflict) => [conflict.kept, conflict.dropped])).toEqual([
      ["camera", "cloud_service"],
      ["camera", "server"],
    ]);
    expect(labelledHosts([label({ role: "cloud_service" }), label({})]).hosts[0].role).toBe("cloud_service");
  });

  test.each([
    ["dns_server", "server", "dns_server"],
    ["hmi", "workstation", "workstation"],
    ["mobile", "workstation", "mobile_device"],
    ["camera", "unknown", "ip_camera"],
    ["plc", "unknown", "industrial_controller"],
    ["voip_phone", "unknown", "voip_phone"],
    ["load_balancer", "load_balancer", "load_balancer"],
  ])("%s means %s at core level and %s at role level", (word, core, role) => {
    expect(truthOf(word)).toEqual({ core, role });
  });
});

describe("a host's line", () => {
  test("carries truth and answer of both levels", () => {
    expect(
      hostLine(
        row("plc", "unknown", { ip: "10.1.1.1", answerRole: "industrial_controller", roleConfidence: 0.9 }),
      ),
    ).toEqual({
      file: "a.pcap",
      network: "a",
      ip: "10.1.1.1",
      kind: "doc",
      truth_core: "unknown",
      truth_role: "industrial_controller",
      answer_core: "unknown",
      answer_role: "industrial_controller",
      confidence: 0.75,
      role_confidence: 0.9,
      decided: false,
      conversations: 150,
    });
  });
});
