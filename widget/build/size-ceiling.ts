import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/**
 * Fails the build when what a visitor must download first, compressed by gzip, is larger than `maxBytes`.
 * Chunks that are only loaded on demand (translations) are not counted.
 */
export function sizeCeiling({ name, maxBytes }: { name: string; maxBytes: number }): Plugin {
  return {
    name: 'size-ceiling',
    generateBundle(_options, bundle) {
      let total = 0;
      for (const part of Object.values(bundle)) {
        if (part.type === 'asset' ? part.fileName.endsWith('.map') : part.isDynamicEntry) continue;
        total += gzipSync(part.type === 'asset' ? part.source : part.code).length;
      }
      const seen = `${name}: ${total} bytes gzip of at most ${maxBytes}`;
      if (total > maxBytes) this.error(seen);
      this.info(seen);
    },
  };
}
