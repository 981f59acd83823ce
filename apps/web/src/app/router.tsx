import { createRootRoute, createRoute, createRouter, retainSearchParams } from "@tanstack/react-router";
import { AssetPage } from "../asset/asset-page.tsx";
import { readAssetSearch } from "../assets/asset-search.ts";
import { AssetsPage } from "../assets/assets-page.tsx";
import { ExportersPage } from "../exporters/exporters-page.tsx";
import { OverviewPage } from "../overview/overview-page.tsx";
import { CrashPage, MissingPage } from "./dead-ends.tsx";
import { parseSearch, stringifySearch } from "./search-text.ts";
import { Shell } from "./shell.tsx";

/** What every address may say: the network that is looked at; all of them where it says none. */
interface RootSearch {
  readonly network?: string;
}

const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: MissingPage,
  errorComponent: CrashPage,
  validateSearch: (given: Record<string, unknown>): RootSearch => {
    const network = given["network"];
    return typeof network === "string" && network !== "" ? { network } : {};
  },
  search: { middlewares: [retainSearchParams<RootSearch>(["network"])] },
});

const overviewRoute = createRoute({ getParentRoute: () => rootRoute, path: "/", component: OverviewPage });

const assetsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/assets",
  component: AssetsPage,
  validateSearch: readAssetSearch,
});

const assetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/assets/$assetId",
  component: AssetPage,
});

const exportersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/exporters",
  component: ExportersPage,
});

export function createConsoleRouter() {
  return createRouter({
    routeTree: rootRoute.addChildren([overviewRoute, assetsRoute, assetRoute, exportersRoute]),
    parseSearch,
    stringifySearch,
    // Going back leads to the same place; a new page, filter or order begins at its top.
    scrollRestoration: true,
    scrollToTopSelectors: ["main", '[data-scroll-restoration-id="asset-table"]'],
    defaultPreload: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
