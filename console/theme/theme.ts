import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core';
import { createTheme } from '@mantine/core';

/** A quiet blue-green: easy on the eye for a working day, and at least 4.5:1 under white text from shade 6. */
const tide: MantineColorsTuple = [
  '#eaf5f9',
  '#d7eaf1',
  '#b0d4e2',
  '#84bcd1',
  '#5aa2bd',
  '#3a88a6',
  '#277492',
  '#1c5f7d',
  '#164b64',
  '#10384c',
];

/** Ink on night: the dark scheme's surfaces, slightly blue so that they match the light one. */
const dark: MantineColorsTuple = [
  '#dfe5ea',
  '#b6c0c9',
  '#a3afb9',
  '#66737e',
  '#44505a',
  '#35404a',
  '#262f38',
  '#1b232b',
  '#141b22',
  '#0e141a',
];

/** Mantine's red, with the shades of filled buttons dark enough for white text on them. */
const red: MantineColorsTuple = [
  '#fff5f5',
  '#ffe3e3',
  '#ffc9c9',
  '#ffa8a8',
  '#ff8787',
  '#ff6b6b',
  '#d22f2f',
  '#c92a2a',
  '#b92525',
  '#a51111',
];

/** The console's look. Dialogs don't lock the page's scroll: the page itself never scrolls. */
export const theme = createTheme({
  primaryColor: 'tide',
  primaryShade: { light: 7, dark: 6 },
  colors: { tide, dark, red },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'Inter, "Segoe UI", system-ui, -apple-system, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: '650' },
  components: {
    Modal: {
      defaultProps: {
        lockScroll: false,
        centered: true,
        radius: 'lg',
        closeButtonProps: { 'aria-label': 'Close' },
      },
      styles: { title: { fontWeight: 650, fontSize: 17 } },
    },
    Drawer: { defaultProps: { lockScroll: false } },
    // The placeholder is a focusable element that a menu may not hold; the first entry takes the focus.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
  },
});

/** Variables beside the theme's own, chosen so that small text keeps a contrast of 4.5:1 on every surface. */
export const cssVariables: ReturnType<CSSVariablesResolver> = {
  variables: {},
  light: {
    '--mantine-color-dimmed': '#55606b',
    '--mantine-color-placeholder': '#6b7681',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-orange-light-color': '#8a3200',
    '--mantine-color-text': '#17212b',
    '--mantine-color-body': '#ffffff',
  },
  dark: {
    '--mantine-color-dimmed': '#a3afb9',
    '--mantine-color-placeholder': '#8b98a3',
    '--mantine-color-error': '#ff9b93',
    '--mantine-color-anchor': '#84bcd1',
    '--mantine-color-orange-light': '#33270f',
    '--mantine-color-orange-light-color': '#ffc078',
    '--mantine-color-red-light': '#3a1d20',
    '--mantine-color-red-light-hover': '#482428',
    '--mantine-color-red-light-color': '#ffb3ae',
  },
};
