import {
  convertCssVariables,
  DEFAULT_THEME,
  deepMerge,
  defaultCssVariablesResolver,
  mergeMantineTheme,
} from '@mantine/core';
import { defineConfig, type Plugin } from 'vite';
import { cssVariables, theme } from './theme/theme.ts';

const THEME_MODULE = 'virtual:theme.css';

/**
 * Writes the theme's CSS variables into the built style sheet. Mantine would put them into a `<style>`
 * element at run time, which the page's policy (`style-src 'self'`) forbids.
 */
function themeStyles(): Plugin {
  const resolvedId = `\0${THEME_MODULE}`;
  return {
    name: 'theme-styles',
    resolveId: (id) => (id === THEME_MODULE ? resolvedId : undefined),
    load(id) {
      if (id !== resolvedId) return undefined;
      const merged = mergeMantineTheme(DEFAULT_THEME, theme);
      return convertCssVariables(deepMerge(defaultCssVariablesResolver(merged), cssVariables));
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [themeStyles()],
  build: {
    outDir: '../dist/public/console',
    emptyOutDir: true,
    // A data: address is not 'self' to the page's policy, so every asset is a file.
    assetsInlineLimit: 0,
    // Only newer browsers than the ones that need it; it would add an inline-like helper to the entry.
    modulePreload: { polyfill: false },
    target: 'es2022',
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      // "use client" is for servers that render React; here everything is the client.
      onwarn: (warning, warn) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
});
