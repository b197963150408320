import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from "@mantine/core";

/** The lamp of a darkroom: the one warm light that does not spoil a plate. */
const safelight: MantineColorsTuple = [
  "#fff2e9",
  "#fbe3d3",
  "#f6c5a5",
  "#ffa46e",
  "#ff8b4a",
  "#ee6f2a",
  "#d1550f",
  "#b8430b",
  "#983809",
  "#742b08",
];

/** Polished iron: greys with a trace of warmth, lightest first. */
const silver: MantineColorsTuple = [
  "#f8f7f5",
  "#f3f2ef",
  "#eae8e4",
  "#dedbd5",
  "#c6c2ba",
  "#918d84",
  "#6b665e",
  "#57534c",
  "#2e2d2a",
  "#1a1918",
];

const dark: MantineColorsTuple = [
  "#f0eee9",
  "#d6d2ca",
  "#b5b1a8",
  "#918d84",
  "#45433f",
  "#302f2c",
  "#1a1a18",
  "#121211",
  "#0d0d0c",
  "#080807",
];

const sans = "'Manrope Variable', system-ui, sans-serif";

/** Filled buttons take both their colours from tokens.css, where each pair is known to be readable. */
const variantColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  if (input.variant !== "filled") return colors;
  const name = input.color === "red" ? "bad" : "accent";
  return {
    ...colors,
    background: `var(--${name})`,
    hover: `var(--${name}-hover)`,
    color: `var(--${name}-ink)`,
  };
};

export const theme = createTheme({
  primaryColor: "safelight",
  primaryShade: { light: 7, dark: 4 },
  variantColorResolver: variantColors,
  colors: { safelight, gray: silver, dark },
  fontFamily: sans,
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.9375rem", lg: "1.0625rem", xl: "1.25rem" },
  headings: { fontFamily: "var(--display)", fontWeight: "500" },
  radius: { xs: "4px", sm: "6px", md: "10px", lg: "14px", xl: "20px" },
  defaultRadius: "md",
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { fw: 650 } },
    InputWrapper: { styles: { label: { marginBottom: 6 }, description: { marginBottom: 6 } } },
    Skeleton: { defaultProps: { radius: "md" } },
  },
});

/** Mantine's own colours follow ours (tokens.css), so that a component never brings a foreign grey. */
export const cssVariablesResolver: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--paper)",
    "--mantine-color-text": "var(--ink)",
    "--mantine-color-dimmed": "var(--ink-2)",
    "--mantine-color-placeholder": "var(--ink-3)",
    "--mantine-color-default": "var(--surface)",
    "--mantine-color-default-hover": "var(--surface-2)",
    "--mantine-color-default-color": "var(--ink)",
    "--mantine-color-default-border": "var(--line)",
    "--mantine-color-disabled": "var(--surface-2)",
    "--mantine-color-disabled-color": "var(--ink-3)",
    "--mantine-color-disabled-border": "var(--line)",
    "--mantine-color-error": "var(--bad)",
    "--mantine-color-anchor": "var(--accent-text)",
  };
  return { variables: {}, light: shared, dark: shared };
};
