import { PROBLEM_CODES, PROBLEMS } from "@flowlens/contract";
import { PROBLEM_STATUS } from "../problems/status.ts";
import type { JsonSchema, OpenApiDocument, Operation, Parameter } from "./document.ts";

export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d4d8dd, #3a4048); --faint: light-dark(#56606b, #a3adb8); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2rem 0 0.25rem; overflow-wrap: anywhere; }
code, h3 { font-family: ui-monospace, monospace; font-size: 0.95em; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--faint); }
.faint { color: var(--faint); }
pre { overflow-x: auto; padding: 0.5rem 0.75rem; border: 1px solid var(--line); border-radius: 0.3rem; }
nav ul { columns: 18rem; padding-left: 1.2rem; }
nav li { break-inside: avoid; }
.token { border: 1px solid; border-radius: 0.3rem; padding: 0 0.4rem; font-size: 0.85em; }
`;

/** The document as one page for people: no script, nothing from anywhere else. */
export function docsPage(document: OpenApiDocument): string {
  const { info, tags, paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name));
    return `<section aria-labelledby="tag-${escape(name)}"><h2 id="tag-${escape(name)}">${escape(name)}</h2><p>${escape(description)}</p>
${own.map(({ path, method, operation }) => operationArticle(`${method.toUpperCase()} ${path}`, operation)).join("\n")}</section>`;
  });
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(info.title)} API</title><style>${DOCS_STYLE}</style></head>
<body>
<header><h1>${escape(info.title)} API</h1>
<p>Version ${escape(info.version)}. ${escape(info.description)} For programs: <a href="/api/v1/openapi.json">openapi.json</a>.</p>
<p>Answers are JSON in snake_case; moments are RFC 3339 in UTC. A list that is paged answers <code>next_cursor</code>: give it as
<code>cursor</code> for the next page. What is marked <span class="token">token</span> changes something and needs the header
<code>Authorization: Bearer TOKEN</code> with the admin token that was shown at the first start, or with the one in
<code>serve.json</code> in the data directory, which changes with each start.</p></header>
<nav aria-label="Operations"><ul>
${operations.map(({ path, method, operation }) => `<li><a href="#${escape(operation.operationId)}">${method.toUpperCase()} ${escape(path)}</a></li>`).join("\n")}
</ul></nav>
<main>
${sections.join("\n")}
<section aria-labelledby="problems"><h2 id="problems">Problems</h2>
<p>Errors are <code>application/problem+json</code> (RFC 9457) with one of these codes. Any request can meet HOST_NOT_ALLOWED,
TOO_MANY_REQUESTS, STORE_UNAVAILABLE, STOPPING and INTERNAL_ERROR; 429 and 503 say in <code>Retry-After</code> when to ask again.</p>
${table(
  ["code", "status", "meaning"],
  PROBLEM_CODES.map((code) => [
    `<code id="problem-${code}">${code}</code>`,
    String(PROBLEM_STATUS[code]),
    escape(PROBLEMS[code]),
  ]),
)}</section>
<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>
${Object.entries(components.schemas)
  .map(
    ([name, schema]) =>
      `<h3 id="schema-${escape(name)}">${escape(name)}</h3>${paragraph(schema)}${propertyTable(schema)}`,
  )
  .join("\n")}</section>
</main>
</body>
</html>
`;
}

function operationArticle(title: string, operation: Operation): string {
  const needsToken = (operation.security ?? []).length > 0;
  const parameters = (operation.parameters ?? []).map((parameter) => [
    `<code>${escape(parameter.name)}</code>${parameter.required === true ? " (required)" : ""}`,
    typeOf(parameter.schema),
    describe(whole(parameter)),
  ]);
  const body = Object.entries(operation.requestBody?.content ?? {}).map(
    ([type, { schema }]) =>
      `<code>${escape(type)}</code>${schema?.$ref === undefined ? "" : ` ${typeOf(schema)}`}`,
  );
  const problems = (operation["x-problems"] ?? []).map((code) => `<a href="#problem-${code}">${code}</a>`);
  const samples = (operation["x-codeSamples"] ?? []).map(
    ({ source }) => `<pre><code>${escape(source)}</code></pre>`,
  );
  const answers = Object.entries(operation.responses)
    .filter(([status]) => status.startsWith("2"))
    .map(([status, { content = {} }]) => {
      const schemas = Object.values(content).flatMap(({ schema }) =>
        schema === undefined ? [] : [typeOf(schema)],
      );
      return `${escape(status)} ${schemas.join(", ")}`;
    });
  return `<article><h3 id="${escape(operation.operationId)}">${escape(title)}${needsToken ? ' <span class="token">token</span>' : ""}</h3>
<p>${escape(operation.summary)}. <span class="faint">Answers ${answers.join("; ")}.</span></p>
${operation.description === undefined ? "" : `<p>${escape(operation.description)}</p>`}
${samples.join("")}
${body.length === 0 ? "" : `<p>Body: ${body.join(", ")}</p>`}
${parameters.length === 0 ? "" : table(["parameter", "type", "what it is"], parameters)}
${problems.length === 0 ? "" : `<p class="faint">Problems: ${problems.join(", ")}.</p>`}</article>`;
}

/** The schema of a parameter, with what the document keeps beside it. */
function whole({ schema, description: said, example, examples = {} }: Parameter): JsonSchema {
  const text = said ?? schema.items?.description;
  const shown = [example, ...Object.values(examples).map(({ value }) => value)].filter(
    (one) => one !== undefined,
  );
  return {
    ...schema,
    ...(text !== undefined && { description: text }),
    ...(shown.length > 0 && { examples: shown }),
  };
}

function propertyTable({ properties = {} }: JsonSchema): string {
  const rows = Object.entries(properties).map(([name, schema]) => [
    `<code>${escape(name)}</code>`,
    typeOf(schema),
    describe(schema),
  ]);
  return rows.length === 0 ? "" : table(["field", "type", "what it is"], rows);
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = titles.map((title) => `<th scope="col">${title}</th>`).join("");
  const lines = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`);
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${lines.join("\n")}\n</tbody></table>`;
}

/** The type in a word or two, as HTML. */
function typeOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) {
    const name = escape(schema.$ref.split("/").at(-1) ?? "");
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return `<code>${escape(JSON.stringify(schema.const))}</code>`;
  if (schema.enum !== undefined)
    return schema.enum.map((one) => `<code>${escape(asText(one))}</code>`).join(", ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.type === "array" && schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  return escape([schema.type ?? "any", schema.format].filter((word) => word !== undefined).join(", "));
}

function describe(schema: JsonSchema): string {
  const { minimum, maximum, default: fallback, examples = [] } = schema;
  const notes = [
    schema.description === undefined ? "" : escape(schema.description),
    minimum !== undefined && maximum !== undefined ? `From ${minimum} to ${maximum}.` : "",
    fallback === undefined ? "" : `Default: <code>${escape(JSON.stringify(fallback))}</code>.`,
    examples.length === 0
      ? ""
      : `Like ${examples.map((one) => `<code>${escape(asText(one))}</code>`).join(", ")}.`,
  ];
  return notes.filter((note) => note !== "").join(" ");
}

function paragraph(schema: JsonSchema): string {
  return schema.description === undefined ? "" : `<p>${escape(schema.description)}</p>`;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
