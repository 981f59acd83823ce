import { createContext, useContext } from "react";
import type { AssetSearch } from "./asset-search.ts";

/** Changes what the address says; `replace` while one types, so that going back leaves the page. */
export type ChangeSearch = (
  patch: Partial<Record<keyof AssetSearch, unknown>>,
  how?: { readonly replace?: boolean },
) => void;

export const FilterAssets = createContext<ChangeSearch>(() => undefined);

export function useFilter(): ChangeSearch {
  return useContext(FilterAssets);
}
