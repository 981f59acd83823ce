import { Button, NumberInput, Popover, Stack, TextInput } from "@mantine/core";
import { useState, type SyntheticEvent } from "react";
import { METHOD_WORDS } from "../ui/asset-types.ts";
import { Icon } from "../ui/icon.tsx";
import { type AssetSearch, toggled } from "./asset-search.ts";
import styles from "./filter-bar.module.css";
import { SearchBox } from "./search-box.tsx";
import { useFilter } from "./use-filter.ts";

const METHODS = ["ml", "heuristic", "rule", "manual", "none"] as const;

/** What is searched for, and filters beside the types. */
export function FilterBar({ search }: { readonly search: AssetSearch }) {
  const filter = useFilter();
  return (
    <div className={styles.bar}>
      <SearchBox text={search.q ?? ""} />
      <fieldset className={styles.choices}>
        <legend className="visually-hidden">Decided by</legend>
        <span className={styles.about} aria-hidden="true">
          Decided by
        </span>
        {METHODS.map((method) => (
          <button
            key={method}
            type="button"
            className={`plain ${styles.choice}`}
            aria-pressed={search.method?.includes(method) ?? false}
            title={METHOD_WORDS[method].says}
            onClick={() => filter({ method: toggled(search.method, method) })}
          >
            {METHOD_WORDS[method].label}
          </button>
        ))}
      </fieldset>
      <MoreFilters search={search} key={JSON.stringify(search)} />
    </div>
  );
}

/** Filters that need something typed. */
function MoreFilters({ search }: { readonly search: AssetSearch }) {
  const filter = useFilter();
  const [isOpen, setOpen] = useState(false);

  function apply(event: SyntheticEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const valueOf = (name: string): string | undefined => {
      const value = form.get(name);
      return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
    };
    setOpen(false);
    filter({ port: valueOf("port"), address: valueOf("address"), min: valueOf("min"), max: valueOf("max") });
  }

  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={280} shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<Icon name="filter" size={15} />}
          onClick={() => setOpen(!isOpen)}
        >
          More filters
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="More filters">
        <form onSubmit={apply}>
          <Stack gap="sm">
            <TextInput
              name="address"
              label="Address or range"
              placeholder="10.1.0.0/16"
              defaultValue={search.address ?? ""}
              data-autofocus
            />
            <TextInput
              name="port"
              label="Serves port"
              placeholder="443 or 53/udp"
              defaultValue={search.port ?? ""}
            />
            <div className={styles.pair}>
              <NumberInput
                name="min"
                label="Confidence from"
                min={0}
                max={1}
                step={0.05}
                decimalScale={2}
                defaultValue={search.min ?? ""}
              />
              <NumberInput
                name="max"
                label="to"
                min={0}
                max={1}
                step={0.05}
                decimalScale={2}
                defaultValue={search.max ?? ""}
              />
            </div>
            <Button type="submit" size="xs">
              Show
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
