import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { sizeCeiling } from './build/size-ceiling.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The chat itself, a page of our own host that the loader shows in a frame. */
export default defineConfig({
  root: here('./frame'),
  base: '/widget/',
  publicDir: false,
  plugins: [sizeCeiling({ name: 'frame', maxBytes: 60 * 1024 })],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('../dist/public/widget'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: here('./frame/frame.html') },
  },
});
