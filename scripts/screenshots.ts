// `npm run screenshots`: the pictures in docs/images, of the demo that it starts for them and lets run through its
// day; `-- --url http://127.0.0.1:8000` takes those of a running FlowLens, `-- --to FOLDER` puts them elsewhere.
import { spawn } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { AssetList, AssetSummary, Traffic } from "@flowlens/contract";
import type { Browser } from "playwright-core";
import { startBrowser } from "../test/e2e/web-browser.ts";
import { ROOT } from "./source-files.ts";

const MOST_BYTES = 200_000;
const DEMO_LIMIT_MS = 240_000;
const LOOK_EVERY_MS = 1_000;
/** Of the 288 steps of five minutes that a day has. */
const STEPS_OF_A_DAY = 280;
const SETTLED_MS = 1_500;

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

const { values: args } = parseArgs({ options: { url: { type: "string" }, to: { type: "string" } } });
const folder = args.to ?? fileURLToPath(new URL("docs/images", ROOT));
mkdirSync(folder, { recursive: true });

const demo = args.url === undefined ? startDemo() : undefined;
try {
  const url = args.url ?? (await demo!.ready);
  const running = await startBrowser();
  try {
    for (const picture of await picturesOf(url)) {
      const bytes = await take(running.browser, url, picture);
      console.log(`${picture.name}.png, ${Math.round(bytes / 1_000)} kB`);
    }
  } finally {
    await running.close();
  }
} finally {
  await demo?.stop();
}

async function picturesOf(url: string): Promise<Picture[]> {
  const { assets } = await get<AssetList>(url, "assets?type=database&sort=clients&order=desc&limit=1");
  const [database] = assets;
  if (database === undefined)
    throw new Error("There is no database among the assets, of which one is shown.");
  const page = { width: 1280, height: 800 } as const;
  return [
    { ...page, name: "overview", path: "/" },
    { ...page, name: "assets", path: "/assets" },
    { ...page, name: "asset", path: `/assets/${database.id}` },
  ];
}

async function take(browser: Browser, url: string, picture: Picture): Promise<number> {
  const { name, path, width, height } = picture;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: "light",
    locale: "en-GB",
  });
  try {
    const page = await context.newPage();
    await page.goto(url + path);
    await page.locator("main h1").waitFor();
    await page.locator("[class*=Skeleton]").first().waitFor({ state: "detached" });
    await sleep(SETTLED_MS);
    const file = join(folder, `${name}.png`);
    await page.screenshot({ path: file });
    const { size } = statSync(file);
    if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes; a picture has at most ${MOST_BYTES}.`);
    return size;
  } finally {
    await context.close();
  }
}

/** The demo, and its address when a whole day has gone by. */
function startDemo(): { readonly ready: Promise<string>; stop(): Promise<void> } {
  const bin = fileURLToPath(new URL("apps/server/bin/flowlens.mjs", ROOT));
  const child = spawn(process.execPath, [bin, "demo", "--port", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));

  async function dayOver(): Promise<string> {
    const untilMs = performance.now() + DEMO_LIMIT_MS;
    while (performance.now() < untilMs) {
      if (child.exitCode !== null) break;
      await sleep(LOOK_EVERY_MS);
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
      if (url !== undefined && (await isWhole(url))) return url;
    }
    throw new Error(`The demo's day did not go by: ${said}`);
  }

  return {
    ready: dayOver(),
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function isWhole(url: string): Promise<boolean> {
  const { decided, unknown } = await get<AssetSummary>(url, "assets/summary");
  const { points } = await get<Traffic>(url, "flows/traffic");
  return (
    decided > unknown && points.filter(({ conversations }) => conversations > 0).length >= STEPS_OF_A_DAY
  );
}

async function get<Answer>(url: string, path: string): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/${path}`);
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
