import { ActionIcon } from "@mantine/core";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { Icon, type IconName } from "../ui/icon.tsx";
import { Colophon } from "./colophon.tsx";
import { ColorSchemeSwitch } from "./color-scheme-switch.tsx";
import { LiveIndicator } from "./live-indicator.tsx";
import { Logo } from "./logo.tsx";
import { LostServerBanner } from "./lost-server-banner.tsx";
import { NetworkPicker } from "./network-picker.tsx";
import styles from "./shell.module.css";

const PAGES: readonly {
  readonly to: "/" | "/assets" | "/exporters";
  readonly label: string;
  readonly icon: IconName;
}[] = [
  { to: "/", label: "Overview", icon: "overview" },
  { to: "/assets", label: "Assets", icon: "assets" },
  { to: "/exporters", label: "Exporters", icon: "exporters" },
];

/** What stands around every page. */
export function Shell() {
  const [isMenuOpen, setMenuOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shownPath = useRef(pathname);

  // A new page begins at its top, for the keyboard and a screen reader too.
  useEffect(() => {
    if (shownPath.current === pathname) return;
    shownPath.current = pathname;
    setMenuOpen(false);
    main.current?.focus({ preventScroll: true });
  }, [pathname]);

  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <header className={styles.top}>
        <ActionIcon
          className={styles.menuButton ?? ""}
          variant="subtle"
          color="gray"
          aria-label="Pages"
          aria-expanded={isMenuOpen}
          aria-controls="pages"
          onClick={() => setMenuOpen(!isMenuOpen)}
        >
          <Icon name={isMenuOpen ? "close" : "menu"} />
        </ActionIcon>
        <Link to="/" className={styles.brand} aria-label="FlowLens, overview">
          <Logo />
          <span className={styles.brandName}>FlowLens</span>
        </Link>
        <NetworkPicker />
        <span className={styles.gap} />
        <LiveIndicator />
        <ColorSchemeSwitch />
      </header>
      <nav id="pages" className={styles.pages} data-open={isMenuOpen || undefined} aria-label="Pages">
        {PAGES.map(({ to, label, icon }) => (
          <Link
            key={to}
            to={to}
            className={styles.pageLink}
            activeOptions={{ exact: to === "/", includeSearch: false }}
          >
            <Icon name={icon} />
            {label}
          </Link>
        ))}
        <Colophon />
      </nav>
      <main id="main" ref={main} className={styles.main} tabIndex={-1} data-scroll-restoration-id="main">
        <LostServerBanner />
        <Outlet />
      </main>
    </div>
  );
}
