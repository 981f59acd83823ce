import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { networksQuery } from "../api/queries.ts";

/** Which address space is looked at. It stands in the address of every page. */
export function NetworkPicker() {
  const { network } = useSearch({ from: "__root__" });
  const navigate = useNavigate();
  const { data } = useQuery(networksQuery());
  const names = (data?.networks ?? []).map(({ name }) => name);
  const listed = network === undefined || names.includes(network) ? names : [...names, network];

  return (
    <NativeSelect
      aria-label="Network"
      size="xs"
      value={network ?? ""}
      data={[{ value: "", label: "All networks" }, ...listed]}
      onChange={({ currentTarget }) => {
        const { value } = currentTarget;
        void navigate({
          to: ".",
          search: ({ network: _left, ...kept }) => (value === "" ? kept : { ...kept, network: value }),
        });
      }}
    />
  );
}
