import type { ReactNode } from "react";

/** Drawn on a grid of 24 with a line of 1.7; all in one colour, that of the text around. */
const DRAWINGS = {
  overview: (
    <>
      <rect x="3.5" y="3.5" width="7" height="9" rx="1.8" />
      <rect x="13.5" y="3.5" width="7" height="5" rx="1.8" />
      <rect x="3.5" y="15.5" width="7" height="5" rx="1.8" />
      <rect x="13.5" y="11.5" width="7" height="9" rx="1.8" />
    </>
  ),
  assets: (
    <>
      <path d="M8.5 6h12M8.5 12h12M8.5 18h12" />
      <circle cx="4.3" cy="6" r=".9" />
      <circle cx="4.3" cy="12" r=".9" />
      <circle cx="4.3" cy="18" r=".9" />
    </>
  ),
  exporters: (
    <>
      <circle cx="12" cy="12" r="1.9" />
      <path d="M8.2 8.2a5.4 5.4 0 0 0 0 7.6M15.8 8.2a5.4 5.4 0 0 1 0 7.6M5.3 5.3a9.5 9.5 0 0 0 0 13.4M18.7 5.3a9.5 9.5 0 0 1 0 13.4" />
    </>
  ),
  server: (
    <>
      <rect x="3.5" y="4" width="17" height="7" rx="1.8" />
      <rect x="3.5" y="13" width="17" height="7" rx="1.8" />
      <path d="M7 7.5h.01M7 16.5h.01M11 7.5h6M11 16.5h6" />
    </>
  ),
  workstation: (
    <>
      <rect x="3" y="4" width="18" height="12.5" rx="1.8" />
      <path d="M12 16.5v3.7M8 20.3h8" />
    </>
  ),
  database: (
    <>
      <ellipse cx="12" cy="5.8" rx="7.6" ry="2.9" />
      <path d="M4.4 5.8v12.4c0 1.6 3.4 2.9 7.6 2.9s7.6-1.3 7.6-2.9V5.8M4.4 12c0 1.6 3.4 2.9 7.6 2.9s7.6-1.3 7.6-2.9" />
    </>
  ),
  load_balancer: (
    <>
      <circle cx="12" cy="4.8" r="2" />
      <circle cx="5" cy="19.2" r="2" />
      <circle cx="12" cy="19.2" r="2" />
      <circle cx="19" cy="19.2" r="2" />
      <path d="M12 6.8v10.4M5 17.2v-2.4a2.6 2.6 0 0 1 2.6-2.6h8.8a2.6 2.6 0 0 1 2.6 2.6v2.4" />
    </>
  ),
  network_device: (
    <>
      <rect x="2.8" y="12.5" width="18.4" height="7.5" rx="1.8" />
      <path d="M6.5 16.2h.01M10 16.2h.01M13.5 16.2h4M7 12.5V8M17 12.5V8M4.6 6.2a3.4 3.4 0 0 1 4.8 0M14.6 6.2a3.4 3.4 0 0 1 4.8 0" />
    </>
  ),
  storage: (
    <>
      <path d="M3.5 13.5 6.2 6a2 2 0 0 1 1.9-1.3h7.8A2 2 0 0 1 17.8 6l2.7 7.5" />
      <rect x="3.5" y="13" width="17" height="6.8" rx="1.8" />
      <path d="M7.2 16.4h5M16.7 16.4h.01" />
    </>
  ),
  container: (
    <>
      <path d="M12 3.3 20 7.5v9L12 20.7 4 16.5v-9Z" />
      <path d="M4.2 7.6 12 11.8l7.8-4.2M12 11.8v8.8" />
    </>
  ),
  cloud_service: <path d="M7 19a4.5 4.5 0 0 1-.6-9 6 6 0 0 1 11.5 1.4A3.9 3.9 0 0 1 17.4 19Z" />,
  virtual_machine: (
    <>
      <rect x="3.5" y="3.5" width="12.5" height="12.5" rx="1.8" />
      <path d="M19.2 8.2c.8.2 1.3.9 1.3 1.7v8.8c0 1-.8 1.8-1.8 1.8H9.9c-.8 0-1.5-.5-1.7-1.3M8 12.4l2-2.6-2-2.6" />
    </>
  ),
  unknown: (
    <>
      <circle cx="12" cy="12" r="8.6" strokeDasharray="2.6 2.8" />
      <path d="M9.7 9.7a2.4 2.4 0 1 1 3.4 2.2c-.7.3-1.1.9-1.1 1.6M12 16.4h.01" />
    </>
  ),
  custom: (
    <>
      <path d="M3.8 11.2V5.6c0-1 .8-1.8 1.8-1.8h5.6c.5 0 1 .2 1.3.5l7.2 7.2a1.8 1.8 0 0 1 0 2.6l-5.6 5.6a1.8 1.8 0 0 1-2.6 0l-7.2-7.2a1.9 1.9 0 0 1-.5-1.3Z" />
      <path d="M8 8h.01" />
    </>
  ),
  search: (
    <>
      <circle cx="10.8" cy="10.8" r="6.3" />
      <path d="m15.5 15.5 4.7 4.7" />
    </>
  ),
  close: <path d="m6 6 12 12M18 6 6 18" />,
  up: <path d="M12 19V5.5M6 11l6-6 6 6" />,
  down: <path d="M12 5v13.5M6 13l6 6 6-6" />,
  right: <path d="m9.5 6 6 6-6 6" />,
  left: <path d="m14.5 6-6 6 6 6" />,
  check: <path d="m5 12.8 4.5 4.5L19.5 7" />,
  lock: (
    <>
      <rect x="5" y="10.5" width="14" height="10" rx="2" />
      <path d="M8.2 10.5V7.3a3.8 3.8 0 0 1 7.6 0v3.2" />
    </>
  ),
  sun: (
    <>
      <circle cx="12" cy="12" r="3.8" />
      <path d="M12 2.8v2M12 19.2v2M2.8 12h2M19.2 12h2M5.5 5.5l1.4 1.4M17.1 17.1l1.4 1.4M18.5 5.5l-1.4 1.4M6.9 17.1l-1.4 1.4" />
    </>
  ),
  moon: <path d="M20 13.8A8.2 8.2 0 0 1 10.2 4a8.2 8.2 0 1 0 9.8 9.8Z" />,
  system: (
    <>
      <circle cx="12" cy="12" r="8.4" />
      <path d="M12 3.6v16.8a8.4 8.4 0 0 0 0-16.8Z" fill="currentColor" />
    </>
  ),
  warning: (
    <>
      <path d="M10.4 4.4 2.9 17.6A1.8 1.8 0 0 0 4.5 20.3h15a1.8 1.8 0 0 0 1.6-2.7L13.6 4.4a1.8 1.8 0 0 0-3.2 0Z" />
      <path d="M12 9.5v4M12 16.8h.01" />
    </>
  ),
  plus: <path d="M12 5.5v13M5.5 12h13" />,
  minus: <path d="M5.5 12h13" />,
  menu: <path d="M4 7h16M4 12h16M4 17h16" />,
  filter: <path d="M4 6h16M7.5 12h9M10.5 18h3" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof DRAWINGS;

/** Beside a word that says the same, so a screen reader passes it by. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      focusable="false"
    >
      {DRAWINGS[name]}
    </svg>
  );
}
