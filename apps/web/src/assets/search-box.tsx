import { CloseButton, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { Icon } from "../ui/icon.tsx";
import styles from "./filter-bar.module.css";
import { useFilter } from "./use-filter.ts";

/** A person who types pauses longer than this before looking up. */
const PAUSE_MS = 250;

/** Searches while one types. `/` leads here from anywhere on the page. */
export function SearchBox({ text }: { readonly text: string }) {
  const filter = useFilter();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(text);
  const [known, setKnown] = useState(text);

  // The address changed otherwise: by going back, or by taking the filter away.
  if (known !== text) {
    setKnown(text);
    setTyped(text);
  }

  useEffect(() => {
    if (typed.trim() === text) return undefined;
    const timer = setTimeout(() => filter({ q: typed.trim() || undefined }, { replace: true }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, text, filter]);

  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      const isTyping =
        event.target instanceof HTMLElement && event.target.closest("input, select, textarea") !== null;
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current?.focus();
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  return (
    <TextInput
      ref={input}
      className={styles.search ?? ""}
      size="sm"
      type="search"
      aria-label="Search in address, name and notes"
      placeholder="Search address, name, notes"
      leftSection={<Icon name="search" size={16} />}
      rightSection={
        typed === "" ? null : (
          <CloseButton size="sm" aria-label="Clear the search" onClick={() => setTyped("")} />
        )
      }
      value={typed}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
    />
  );
}
