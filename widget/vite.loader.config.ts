import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { sizeCeiling } from './build/size-ceiling.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** One classic script without imports: it runs in the customer's page, so it must be small. */
export default defineConfig({
  root: here('./loader'),
  publicDir: false,
  plugins: [sizeCeiling({ name: 'widget.js', maxBytes: 6 * 1024 })],
  build: {
    outDir: here('../dist/public'),
    emptyOutDir: false,
    target: 'es2020',
    modulePreload: false,
    rolldownOptions: {
      input: here('./loader/main.ts'),
      output: { format: 'iife', entryFileNames: 'widget.js' },
    },
  },
});
