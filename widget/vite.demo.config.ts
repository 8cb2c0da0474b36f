import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A small shop that embeds the widget the way a customer does. */
export default defineConfig({
  root: here('./demo'),
  base: '/demo/',
  publicDir: false,
  build: {
    outDir: here('../dist/public/demo'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
