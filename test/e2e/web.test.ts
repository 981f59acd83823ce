import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  accessibilityFindings,
  HAS_BROWSER,
  startBrowser,
  watch,
  type RunningBrowser,
} from "./web-browser.ts";
import { OFFICE } from "./web-office.ts";
import { startStage, type Stage } from "./web-stage.ts";

const START_LIMIT_MS = 120_000;
/** For what the server has to do first, on a machine that does much else. */
const PATIENT_MS = 60_000;
const PATIENTLY = { timeout: PATIENT_MS };
const why = HAS_BROWSER ? "" : " (no Chromium comes for this platform: set FLOWLENS_CHROMIUM to one)";

function searchOf(page: Page): Record<string, string> {
  return Object.fromEntries(new URL(page.url()).searchParams);
}

describe.runIf(HAS_BROWSER)(`the web console in a real browser${why}`, () => {
  let stage: Stage;
  let running: RunningBrowser;
  let page: Page;
  let complaints: string[];

  async function open(path: string, options: BrowserContextOptions = {}): Promise<void> {
    const context = await running.browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: "en-GB",
      timezoneId: "Europe/Berlin",
      ...options,
    });
    page = await context.newPage();
    complaints = watch(page, stage.url);
    await page.goto(stage.url + path);
  }

  const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });
  const region = (name: string) => page.getByRole("region", { name, exact: true });
  const rowOf = (address: string) =>
    page.getByRole("row").filter({ has: page.getByRole("link", { name: address, exact: true }) });

  beforeAll(async () => {
    [stage, running] = await Promise.all([startStage(), startBrowser()]);
  }, START_LIMIT_MS);
  afterAll(async () => {
    await running?.close();
    await stage?.stop();
  }, START_LIMIT_MS);
  beforeEach(() => {
    complaints = [];
  });
  afterEach(async () => {
    await page?.context().close();
  });

  it("begins with what to do, then shows the first packets by itself", async () => {
    await open("/");
    await heading("Overview").waitFor();
    await page.getByText("No host has been seen yet").waitFor();
    await page
      .getByText(/^port \d+/)
      .first()
      .waitFor();
    await page.getByText("npm run demo", { exact: true }).waitFor();
    await page.getByRole("link", { name: /No packet yet/ }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);

    await stage.sendFlows();
    await page.getByRole("link", { name: /Last packet .*(just now|ago)/ }).waitFor({ timeout: PATIENT_MS });
    await page.getByRole("link", { name: "Exporters", exact: true }).click();
    await heading("Exporters").waitFor();
    const exporters = region("Exporters").getByRole("row");
    await exporters.filter({ hasText: "NetFlow v5" }).getByText("Receiving").waitFor();
    await exporters.filter({ hasText: "IPFIX" }).getByText("1:100").waitFor();
    await region("Receiving sockets").getByText("NetFlow v5, NetFlow v9, IPFIX").first().waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("shows how things stand, and leads from a type to its hosts and on to one of them", async () => {
    await stage.importOffice(1);
    await open("/?network=office");
    await heading("Overview").waitFor();
    await page.getByText("Newest day of network office, UTC time.").waitFor({ timeout: PATIENT_MS });
    await page.getByRole("img", { name: /Conversations: .* on average, at most/ }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);

    await page.getByRole("link", { name: /^Database \d+$/ }).click();
    await heading("Assets").waitFor();
    expect(searchOf(page)).toEqual({ network: "office", type: "database" });
    await rowOf(OFFICE.database).getByRole("button", { name: "5432/tcp" }).waitFor();
    await rowOf(OFFICE.workstations[0]).waitFor({ state: "detached" });

    await page.getByRole("link", { name: OFFICE.database, exact: true }).click();
    await heading(OFFICE.database).waitFor();
    const verdict = page.getByRole("region", { name: "What it is, and why" });
    await verdict.getByText("It is a database.").waitFor();
    await verdict.getByText(/^Because it .*PostgreSQL/).waitFor();
    await region("Services")
      .getByRole("row", { name: /5432\/tcp answered 5/ })
      .waitFor();
    // A scan is no service: its port stands there as probed only.
    await region("Services")
      .getByRole("row", { name: /3389\/tcp only probed/ })
      .waitFor();
    await page.getByRole("img", { name: /Active in 24 of 24 hours/ }).waitFor();
    await region("Features").getByRole("row").nth(24).waitFor();
    await page.getByRole("region", { name: "History" }).getByText("until then unknown").waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);

    await region("Clients").getByRole("link", { name: OFFICE.web, exact: true }).click();
    await heading(OFFICE.web).waitFor();
    await page.goBack();
    await heading(OFFICE.database).waitFor();
    await page.goBack();
    await heading("Assets").waitFor();
    expect(new URL(page.url()).searchParams.get("type")).toBe("database");
    expect(complaints).toEqual([]);
  });

  it("filters by a click on any value, searches, sorts, and keeps all of it in the address", async () => {
    await open("/assets?network=office");
    await rowOf(OFFICE.web).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    const total = page.getByText(/^\d+ assets?( of \d+)?/).first();
    await rowOf(OFFICE.web).getByRole("button", { name: "443/tcp" }).click();
    await page.getByRole("button", { name: "serves 443/tcp" }).waitFor();
    await rowOf(OFFICE.database).waitFor({ state: "detached" });
    expect(new URL(page.url()).searchParams.get("port")).toBe("443/tcp");

    await page.getByRole("button", { name: "serves 443/tcp" }).click();
    await rowOf(OFFICE.database).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("10.20.1.1");
    await expect.poll(() => total.textContent(), PATIENTLY).toMatch(/^10 assets of /);
    await page.getByRole("button", { name: "Address", exact: true }).click();
    await page
      .getByRole("columnheader", { name: /Address/ })
      .and(page.locator("[aria-sort=ascending]"))
      .waitFor();
    expect(searchOf(page)).toEqual({ network: "office", q: "10.20.1.1", sort: "address", order: "asc" });

    await page.reload();
    await expect.poll(() => total.textContent(), PATIENTLY).toMatch(/^10 assets of /);
    const addresses = await page.locator("tbody a").allTextContents();
    expect(addresses).toEqual(OFFICE.workstations.slice(0, 10));
    expect(await page.getByRole("searchbox").inputValue()).toBe("10.20.1.1");

    await page.getByRole("searchbox").fill("nobody-is-called-so");
    await page.getByText("No asset passes these filters.").waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.getByRole("button", { name: "show all assets" }).click();
    await rowOf(OFFICE.web).waitFor();
    await page.getByRole("combobox", { name: "Network" }).selectOption("default");
    await rowOf("10.5.0.5").waitFor();
    await rowOf(OFFICE.web).waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
  });

  it("says of a host that spoke too little what is missing, instead of guessing", async () => {
    await open(`/assets?network=office&q=${OFFICE.quiet}`);
    await page.getByRole("link", { name: OFFICE.quiet, exact: true }).click();
    await page.getByText("Nothing was sure enough to say what it is.").waitFor();
    await page.getByText("What is missing for an answer").waitFor();
    await page.getByText("Nobody opened a conversation to this host that it accepted.").waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("is dark when told so, and stays so", async () => {
    await open("/?network=office", { colorScheme: "light" });
    await page.getByRole("button", { name: /Colours/ }).click();
    await page.getByRole("menuitem", { name: "Dark" }).click();
    const isDark = () => page.evaluate<string>("getComputedStyle(document.body).colorScheme");
    await expect.poll(isDark, PATIENTLY).toBe("dark");
    await page.reload();
    await page.getByRole("img", { name: /on average/ }).waitFor({ timeout: PATIENT_MS });
    expect(await isDark()).toBe("dark");
    expect(await accessibilityFindings(page)).toEqual([]);
    for (const [link, settled] of [
      ["Assets", OFFICE.web],
      ["Exporters", "Receiving sockets"],
    ] as const) {
      await page.getByRole("link", { name: link, exact: true }).click();
      await page.getByText(settled).first().waitFor();
      expect(await accessibilityFindings(page), link).toEqual([]);
    }
    expect(complaints).toEqual([]);
  });

  it("fits a phone, where the pages are reached by keyboard too", async () => {
    await open("/?network=office", { viewport: { width: 390, height: 844 } });
    const overflow = () =>
      page.evaluate<number>(
        "document.querySelector('main').scrollWidth - document.documentElement.clientWidth",
      );
    await page.getByRole("img", { name: /on average/ }).waitFor({ timeout: PATIENT_MS });
    expect(await overflow()).toBe(0);
    await page.getByRole("link", { name: "Skip to the page" }).focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Assets" }).focus();
    await page.keyboard.press("Enter");
    await rowOf(OFFICE.web).waitFor();
    expect(await overflow()).toBe(0);
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.getByRole("link", { name: OFFICE.web, exact: true }).click();
    await page.getByRole("img", { name: /on average/ }).waitFor({ timeout: PATIENT_MS });
    expect(await overflow()).toBe(0);
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("says what is wrong with an address, and leads on", async () => {
    await open("/assets/999999");
    await page.getByText("There is no asset 999999.").waitFor();
    await page.goto(`${stage.url}/never-heard-of`);
    await page.getByText("There is no page at this address.").waitFor();
    await page.goto(`${stage.url}/assets?port=99999`);
    const alert = page.getByRole("alert");
    await alert.getByText("The assets cannot be shown.").waitFor();
    await alert.getByText("PARAMETER_INVALID").waitFor();
    await page.getByRole("button", { name: "serves 99999" }).click();
    await rowOf(OFFICE.web).waitFor();
    expect(await alert.count()).toBe(0);
  });

  it("says at the top when the server is lost, and keeps what it has", async () => {
    await open("/assets?network=office");
    await rowOf(OFFICE.web).waitFor();
    stage.kill();
    await page.getByText("What you see may be old").waitFor({ timeout: PATIENT_MS });
    await page.getByRole("link", { name: /No answer/ }).waitFor();
    await rowOf(OFFICE.web).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  });
});
