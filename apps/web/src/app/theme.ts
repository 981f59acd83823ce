import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/** The one accent colour: a petrol that stays legible as text on white (shade 8) and on dark (shade 4). */
const PETROL: MantineColorsTuple = [
  "#e6f6f8",
  "#cfe9ee",
  "#a2d3dc",
  "#71bcca",
  "#4aaabb",
  "#319fb2",
  "#1c93a7",
  "#0d8093",
  "#0b6e7f",
  "#045a68",
];

/** The greys that Mantine takes its dark surfaces from: those of styles.css, a little blue. */
const DARK: MantineColorsTuple = [
  "#cdd5da",
  "#b3bec5",
  "#9dabb4",
  "#63727c",
  "#36424a",
  "#2c363d",
  "#1c242a",
  "#161d22",
  "#0e1317",
  "#090d10",
];

export const THEME = createTheme({
  colors: { petrol: PETROL, dark: DARK },
  primaryColor: "petrol",
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Roboto Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
});

/** Mantine's own surfaces and texts take the colours of styles.css. */
export const CSS_VARIABLES: CSSVariablesResolver = () => {
  const variables = {
    "--mantine-color-body": "var(--surface)",
    "--mantine-color-text": "var(--ink)",
    "--mantine-color-dimmed": "var(--ink-soft)",
    "--mantine-color-placeholder": "var(--ink-soft)",
    "--mantine-color-default": "var(--surface)",
    "--mantine-color-default-border": "var(--line-strong)",
    "--mantine-color-default-hover": "var(--hover)",
    "--mantine-color-anchor": "var(--accent)",
  };
  return { variables: {}, light: variables, dark: variables };
};
