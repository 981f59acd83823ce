import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import chromium from "@sparticuz/chromium";
import axe from "axe-core";
import { chromium as playwright, type Browser, type Page } from "playwright-core";

/** The Chromium that npm brings runs here. Elsewhere FLOWLENS_CHROMIUM names another. */
export const HAS_BROWSER =
  process.env["FLOWLENS_CHROMIUM"] !== undefined || (process.platform === "linux" && process.arch === "x64");

export interface RunningBrowser {
  readonly browser: Browser;
  /** Ends it and removes what it unpacked. */
  close(): Promise<void>;
}

export async function startBrowser(): Promise<RunningBrowser> {
  const folder = mkdtempSync(join(tmpdir(), "flowlens-chromium-"));
  try {
    const executablePath = process.env["FLOWLENS_CHROMIUM"] ?? (await unpackedIn(folder));
    const browser = await playwright.launch({
      executablePath,
      // Root may run no sandbox. Nothing but FlowLens is ever opened.
      args: ["--no-sandbox", "--font-render-hinting=none"],
      headless: true,
    });
    return {
      browser,
      async close() {
        await browser.close();
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The package unpacks into the folder for temporary files, under one name for all who use the machine. */
async function unpackedIn(folder: string): Promise<string> {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    return await chromium.executablePath();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}

/** Everything that a page complained of or asked of somebody else. */
export function watch(page: Page, ownUrl: string): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      complaints.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(ownUrl)) complaints.push(`request to ${request.url()}`);
  });
  return complaints;
}

/** What axe finds against WCAG 2.2 AA on the page as it is, one line a finding. */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })`,
  );
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${impact} ${id}: ${html.slice(0, 200)} ${failureSummary ?? ""}`),
  );
}
