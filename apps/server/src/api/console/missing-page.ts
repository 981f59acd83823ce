import { createHash } from "node:crypto";

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; }
body { max-width: 38rem; margin: 12vh auto; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; line-height: 1.3; }
code { padding: .15em .4em; border-radius: 4px; background: light-dark(#eef1f5, #23272e); }
`;
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

export const MISSING_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** What stands under `/` when the console has not been built: the rest of FlowLens works without it. */
export const MISSING_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>FlowLens: the web console has not been built</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>FlowLens is running; its web console has not been built yet.</h1>
<p>In FlowLens's folder, run <code>npm run build:web</code>, then load this page again. It takes some seconds, and
FlowLens need not be started anew.</p>
<p>All else works meanwhile: <a href="/api/docs">the HTTP API</a>, and <code>flowlens assets</code> in the terminal.</p>
</main>
</body>
</html>
`;
